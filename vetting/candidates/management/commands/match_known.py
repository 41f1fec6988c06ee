"""Find out which candidates are known objects."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from scoring.orbits import OrbitsError, read_mpcorb
from vetting.candidates.known_objects import night_match
from vetting.candidates.selectors import nights


class Command(BaseCommand):
    help = "Hold candidates against the known objects of a table of orbits, and keep the name of what agrees."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orbits", type=Path, required=True, help="a file in MPCORB's layout, plain or .gz")
        parser.add_argument(
            "--night", dest="nights", type=dt.date.fromisoformat, action="append", help="YYYY-MM-DD, may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            orbits = read_mpcorb(options["orbits"])
        except OrbitsError as error:
            raise CommandError(str(error)) from error
        known = list(nights())
        chosen = options["nights"] or known
        if missing := sorted(set(chosen) - set(known)):
            raise CommandError(f"there is no candidate of {', '.join(map(str, missing))}")
        compared = matched = 0
        for night in tqdm(chosen, desc="nights", unit="night", disable=None):
            some, of_them = night_match(orbits, night)
            compared, matched = compared + some, matched + of_them
        self.stdout.write(f"{matched} of {compared} candidates are known objects, held against {len(orbits)} orbits")
