"""Drive campaigns at random until 10,000 steps agree with the oracle; prints JSON. Argument: steps.

On SQLite; on PostgreSQL with DATABASE_URL. A step that differs ends the run with pytest's report.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEPS_A_RUN = 50
COMPARED = 0.4  # at least, of the steps that are drawn: a refused one changes nothing that could be compared
TESTS = [
    "tests/vetting/campaigns/test_stateful.py",
    "tests/vetting/campaigns/test_concurrent_vetters.py",
]


def main() -> int:
    """Run both tests at length."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        count = Path(folder) / "count.json"
        environment = os.environ | {
            "STATEFUL_RUNS": str(math.ceil(wanted / COMPARED / STEPS_A_RUN)),
            "STATEFUL_STEPS": str(STEPS_A_RUN),
            "STATEFUL_COUNT": str(count),
            "CONCURRENT_STEPS": str(wanted),
        }
        start = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", *TESTS]
        outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        found = json.loads(count.read_text()) if count.exists() else {}
    database = os.environ.get("DATABASE_URL", "sqlite:").split(":")[0]
    result = {"database": database, "agrees": outcome.returncode == 0, "seconds": round(time.monotonic() - start)}
    print(json.dumps(result | found))
    if outcome.returncode:
        print(outcome.stdout, file=sys.stderr)
    return outcome.returncode


if __name__ == "__main__":
    sys.exit(main())
