"""Replay the real vetters' votes through a campaign of a running site, by its API, and study what they are worth.

./run python tests/benchmarks/votes_replay.py [--exposures N] [--study]      prints JSON

The real nights are ingested and scored, five logins post the votes of votes.csv, and the figures of agreement that
the site gives are compared with those of the file. ``--exposures`` keeps to the first N exposures; ``--study`` leaves
the site out.
"""

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.votes_study import FIRST_EYES, Votes, agreement_of, circularity, compare, read, simulated
from tests.site import ROOT, Site, free_port
from tests.vetting.campaigns.simulated_votes import simulate
from vetting.client import Client

STREAKS = ROOT.parent / "shared" / "data" / "ztf-streaks"
PASSWORD = "votes-of-real-vetters"
CAMPAIGN = f"""
from django.contrib.auth.models import User
from vetting.campaigns.models import Campaign
campaign = Campaign.objects.create(name="replay", votes_needed=2, is_public=True)
for name in NAMES:
    User.objects.create_user(name, password="{PASSWORD}")
print(campaign.pk)
"""


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=None)
    parser.add_argument("--study", action="store_true")
    given = parser.parse_args()
    if not STREAKS.is_dir():
        print(f"the real votes are not here: expected them in {STREAKS}", file=sys.stderr)
        return 2
    votes = read(STREAKS)
    figures: dict[str, Any] = {}
    if not given.study:
        figures["replay"] = replay(votes, given.exposures)
    figures |= study(votes)
    print(json.dumps(figures, indent=2))
    return 0 if given.study or figures["replay"]["agreement_is_that_of_the_file"] else 1


def study(votes: Votes) -> dict[str, Any]:
    """Say what the votes are worth under each rule; see docs/reference/benchmarks.md for what may be claimed."""
    three = {cutout for cutout, own in votes.by_cutout().items() if len(own) == 3}
    return {
        "truth": circularity(votes),
        "agreement": agreement_of(votes),
        "all_three_votes": compare(votes.of(lambda cutout, _: cutout in three)),
        "without_the_vetters_who_wrote_the_truth": compare(
            votes.of(lambda cutout, vetter: cutout in three and vetter not in FIRST_EYES)
        ),
        "simulated_vetters": simulated(simulate(3000)),
    }


def replay(votes: Votes, exposures: int | None) -> dict[str, Any]:
    """Serve an empty site, ingest, score, vote, and read the votes back."""
    names = sorted({vetter for _, vetter, _ in votes.rows})
    with tempfile.TemporaryDirectory() as home:
        database = f"sqlite:///{home}/db.sqlite3"
        site = Site(STATE_DIR=home, DATABASE_URL=database, SCORING_BATCH="128", THROTTLE_USER="100000/min").prepared()
        site.manage("ingest", str(_nights(Path(home), exposures)))
        campaign = int(site.manage("shell", "--no-imports", "-c", CAMPAIGN.replace("NAMES", repr(names))))
        port = free_port()
        with site.running("manage.py", "serve", "--port", str(port)):
            site.wait("Candidate.objects.filter(state='new').count()", "0", seconds=1800)
            clients = {name: Client.login(f"http://127.0.0.1:{port}", name, PASSWORD) for name in names}
            return _vote(votes, clients, campaign)


def _nights(home: Path, exposures: int | None) -> Path:
    """Return the folder of the nights, or a copy of the first exposures."""
    nights = STREAKS / "nights"
    if exposures is None:
        return nights
    for path in sorted(nights.iterdir())[:exposures]:
        shutil.copytree(path, home / "nights" / path.name)
    return home / "nights"


def _vote(votes: Votes, clients: dict[str, Client], campaign: int) -> dict[str, Any]:
    """Post every vote from its own login, all logins at once; then compare what the site holds with the file."""
    reader = next(iter(clients.values()))
    ids = {row.source_id: row.id for row in reader.candidates()}
    held = votes.of(lambda cutout, _: source_id(cutout) in ids)
    begun = time.monotonic()
    failures: list[Exception] = []

    def post(name: str) -> None:
        try:
            for cutout, vetter, fine_class in held.rows:
                if vetter == name:
                    clients[name].label(ids[source_id(cutout)], fine_class, campaign=campaign)
        except Exception as error:  # noqa: BLE001 told by the thread that waits
            failures.append(error)

    threads = [threading.Thread(target=post, args=(name,)) for name in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    seconds = time.monotonic() - begun
    cutout_of = {source_id(cutout): cutout for cutout, _, _ in held.rows}
    rows = [(cutout_of[row.source_id], row.vetter, row.fine_class) for row in reader.labels(campaign=campaign)]
    told = {row["measure"]: row["value"] for row in reader.figures(campaign, "agreement")}
    by_site = dict(zip(("raw", "alpha", "ac1"), told.values(), strict=True))
    of_file = agreement_of(Votes(sorted(held.rows), votes.truth, votes.matched, votes.group))
    return {
        "votes_posted": len(held.rows),
        "votes_on_the_site": len(rows),
        "votes_per_second": round(len(rows) / seconds, 1),
        "agreement_by_the_site": by_site,
        "agreement_of_the_file": of_file,
        "agreement_is_that_of_the_file": sorted(rows) == sorted(held.rows) and by_site.items() <= of_file.items(),
    }


def source_id(cutout: str) -> str:
    """Return the streak's id from the name of its cutout."""
    return cutout.split("_", maxsplit=1)[0].removeprefix("strkid")


if __name__ == "__main__":
    sys.exit(main())
