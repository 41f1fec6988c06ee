"""Fill a site with many candidates of many nights: a simulated night is ingested and scored, then its rows are copied.

Run by ``cockpit.py`` in the site's own environment; alone: ``STATE_DIR=… ./run python tests/benchmarks/large_site.py``.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")

import django

django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from scoring.simulation.demo import make_night
from tests.site import PASSWORD
from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.candidates.models import Candidate, Cutout, Score, State
from vetting.candidates.scorer import candidates_score
from vetting.candidates.services import batches_claim, claims_release

BATCH = 2_000  # rows of one insert
JITTER = 0.08  # of the scores of copies, so that thresholds divide them
SCORES = ("rb", "sl", "kd", "p_asteroid")


def main() -> int:
    """Build the site and print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--distinct", type=int, default=600, help="simulated candidates that the others are copies of")
    parser.add_argument("--seed", type=int, default=20261121)
    given = parser.parse_args()
    templates = simulate(given.distinct, given.seed)
    copies = range(len(templates), given.candidates)
    rng = random.Random(given.seed)
    for start in range(0, len(copies), BATCH):
        copy(
            [(number, templates[number % len(templates)]) for number in copies[start : start + BATCH]],
            given.nights,
            rng,
        )
    judge_earlier_nights()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a site does that has run for ten nights
    print(json.dumps({state: Candidate.objects.filter(state=state).count() for state in State.values}))
    return 0


def simulate(distinct: int, seed: int) -> list[Candidate]:
    """Simulate, ingest and score one night, through the same code as every night."""
    for name in ("vera", "jan"):
        User.objects.create_user(name, password=PASSWORD)
    with tempfile.TemporaryDirectory() as folder:
        make_night(Path(folder) / "night", seed=seed, n=distinct)
        call_command("ingest", str(Path(folder) / "night"), stdout=sys.stderr)
    claims_release()
    while batches := batches_claim():
        for ids in batches:
            candidates_score(ids)
    return list(Candidate.objects.prefetch_related("cutouts", "scores").order_by("pk"))


def copy(batch: list[tuple[int, Candidate]], nights: int, rng: random.Random) -> None:
    """Copy candidates with their scores and with cutouts that share their files, onto nights before the first."""
    rows = []
    for number, like in batch:
        back = number % nights
        plain = {f.attname: getattr(like, f.attname) for f in Candidate._meta.fields if f.attname != "id"}
        moved = {
            "source_id": str(5_450_000_000_000_000_000 + number),
            "night": like.night - timedelta(days=back),
            "mjd_mid": like.mjd_mid - back + rng.uniform(-0.01, 0.01),
            "ra": (like.ra + rng.uniform(-20, 20)) % 360,
            "exposure": f"{like.exposure}_{number // 40}",
        }
        rows.append(Candidate(**(plain | moved)))
    Candidate.objects.bulk_create(rows)
    Cutout.objects.bulk_create(
        Cutout(candidate=row, kind=cutout.kind, name=cutout.name, sha256=cutout.sha256, size=cutout.size)
        for row, (_, like) in zip(rows, batch, strict=True)
        for cutout in like.cutouts.all()
    )
    Score.objects.bulk_create(
        jittered(score, row, rng) for row, (_, like) in zip(rows, batch, strict=True) for score in like.scores.all()
    )


def jittered(like: Score, row: Candidate, rng: random.Random) -> Score:
    """Copy a score, moved by a little; the verdict of the gate stays, as if other members had spoken."""
    moved = {
        name: None if getattr(like, name) is None else min(1.0, max(0.0, getattr(like, name) + rng.gauss(0, JITTER)))
        for name in SCORES
    }
    kept = {
        "ensemble_id": like.ensemble_id,
        "members": like.members,
        "plausible": like.plausible,
        "reason": like.reason,
    }
    return Score(candidate=row, **kept, **moved)


def judge_earlier_nights() -> None:
    """Give everything that waits on earlier nights two labels and a consensus, so that one night is left to scan."""
    latest = Candidate.objects.order_by("-night").values_list("night", flat=True).first()
    campaign = Campaign.objects.get(is_default=True)
    rows = list(Candidate.objects.filter(state=State.QUEUED, night__lt=latest).values_list("pk", flat=True))
    for vetter in User.objects.filter(username__in=("vera", "jan")):
        Label.objects.bulk_create(
            (
                Label(
                    uuid=uuid.uuid4(),
                    campaign=campaign,
                    candidate_id=pk,
                    vetter=vetter,
                    fine_class="blank",
                    seconds=1.5,
                )
                for pk in rows
            ),
            batch_size=BATCH,
        )
    Consensus.objects.bulk_create(
        (Consensus(campaign=campaign, candidate_id=pk, fine_class="blank", votes=2, agreeing=2) for pk in rows),
        batch_size=BATCH,
    )
    Candidate.objects.filter(state=State.QUEUED, night__lt=latest).update(state=State.VETTED)


if __name__ == "__main__":
    sys.exit(main())
