"""Register the ensemble of a directory; the shipped one by default."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vetting.common import ApplicationError
from vetting.registry.selectors import active_ensemble
from vetting.registry.services import ensemble_register


class Command(BaseCommand):
    help = "Register the ensemble of a directory (the shipped one by default)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", nargs="?", type=Path, default=settings.SCORING_MODELS)
        parser.add_argument("--activate", action="store_true", help="score with it from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        try:
            ensemble = ensemble_register(directory.resolve(), activate=options["activate"] or active_ensemble() is None)
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"registered {ensemble}{', active' if ensemble.is_active else ''}")
