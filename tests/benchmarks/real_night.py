"""Time the real nights on an empty SQLite site: ingest, second ingest, and the worker that scores meanwhile.

./run python tests/benchmarks/real_night.py [PATH]      prints JSON
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.site import ROOT, Site, free_port

NIGHTS = ROOT.parent / "shared" / "data" / "ztf-streaks" / "nights"


def main() -> int:
    """Serve an empty site, ingest twice, wait for the scores, print the figures."""
    nights = Path(sys.argv[1]) if len(sys.argv) > 1 else NIGHTS
    if not nights.is_dir():
        print(f"the real nights are not here: expected them in {nights}", file=sys.stderr)
        return 2
    figures: dict[str, object] = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as home:
        site = Site(STATE_DIR=home, DATABASE_URL=f"sqlite:///{home}/db.sqlite3", SCORING_BATCH="128").prepared()
        with site.running("manage.py", "serve", "--port", str(free_port())):
            start = time.monotonic()
            for name in ("first", "second"):
                begun = time.monotonic()
                figures[f"{name}_balance"] = site.manage("ingest", str(nights)).strip()
                figures[f"{name}_ingest_s"] = round(time.monotonic() - begun, 1)
            site.wait("Candidate.objects.filter(state='new').count()", "0", seconds=900)
            figures["all_scored_after_s"] = round(time.monotonic() - start, 1)
            figures["states"] = site.query("dict(Candidate.objects.values_list('state').annotate(n=Count('pk')))")
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
