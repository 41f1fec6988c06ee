"""Ingest a night: IPAC layouts, ZTF Avro alerts, streak alert packets."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from scoring.readers import discover
from vetting.candidates.tasks import sweep_soon
from vetting.ingest.services import night_ingest


class Command(BaseCommand):
    help = "Ingest every streak under PATH; what is known already adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file, an exposure, a night or a folder of nights")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"expected a file or a folder, found nothing at {path}")
        sources = discover(path)
        if not sources:
            raise CommandError(f"expected IPAC nights or Avro packets under {path}, found none")
        with tqdm(total=len(sources), desc="ingest", unit="exposure", disable=None) as bar:
            batch = night_ingest(path, sources, on_source=bar.update)
        sweep_soon()
        self.stdout.write(batch.balance())
