"""Hand unscored candidates to workers now."""

from typing import Any

from django.core.management.base import BaseCommand

from vetting.candidates.services import batches_claim
from vetting.candidates.tasks import score


class Command(BaseCommand):
    help = "Hand unscored candidates to the workers behind CELERY_BROKER_URL now, instead of at the next sweep."

    def handle(self, *args: Any, **options: Any) -> None:
        batches = batches_claim()
        for ids in batches:
            score.delay(ids)
        self.stdout.write(f"handed {sum(map(len, batches))} candidates to workers in {len(batches)} batches")
