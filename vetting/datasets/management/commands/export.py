"""Write the labelled set to a folder or a zip."""

import datetime as dt
import os
import shutil
import tempfile
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from scoring.families import FineClass
from vetting.campaigns.models import Campaign
from vetting.campaigns.selectors import campaign_default
from vetting.datasets.archive import MANIFEST, folder_write, zip_stream
from vetting.datasets.exports import FORMATS, TEST_PERCENT, Export, export_members
from vetting.datasets.selectors import Selection


class Command(BaseCommand):
    help = "Write the labelled set: tables, cutouts, the tree of the original DeepStreaks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="a folder, or a file that ends in .zip")
        parser.add_argument("--replace", action="store_true", help="replace what is at --out")
        parser.add_argument("--night", type=dt.date.fromisoformat, help="one night, YYYY-MM-DD")
        parser.add_argument("--from", dest="first", type=dt.date.fromisoformat, help="first night")
        parser.add_argument("--to", dest="last", type=dt.date.fromisoformat, help="last night")
        parser.add_argument("--campaign", help="name of the campaign (the default one)")
        parser.add_argument("--class", dest="classes", action="append", choices=list(FineClass), default=[])
        parser.add_argument("--filter", dest="bands", action="append", choices=["g", "r", "i"], default=[])
        parser.add_argument("--vetter", dest="vetters", action="append", default=[], help="labelled by this user")
        parser.add_argument("--any", action="store_true", help="also candidates that the votes do not decide")
        parser.add_argument("--format", dest="formats", action="append", choices=list(FORMATS), default=[])
        parser.add_argument(
            "--test-percent", type=int, default=TEST_PERCENT, choices=range(101), metavar="0-100",
            help=f"nights held out of the Zwickyverse tree ({TEST_PERCENT})",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        check_free(out, replace=options["replace"])
        formats = tuple(dict.fromkeys(options["formats"])) or ("csv",)
        export = Export(selection(options), formats, test_percent=options["test_percent"])
        with tqdm(total=export.steps, desc="export", unit="candidate", disable=None) as bar:
            export.on_record = partial(advance, bar)
            write(export, out)
        self.stdout.write(f"{len(export.ids)} candidates written to {out} ({', '.join(formats)})")
        for line in export.missing:
            self.stderr.write(f"left out: {line}")


def check_free(out: Path, *, replace: bool) -> None:
    """Refuse to write over anything but an export, and over that one only if asked to."""
    if not out.exists():
        return
    if not replace:
        raise CommandError(f"{out} exists: name another place, or say --replace")
    if not (out.is_file() and out.suffix == ".zip") and not (out / MANIFEST).is_file():
        raise CommandError(f"expected an earlier export at {out} to replace, found something else")


def advance(bar: "tqdm[Any]") -> None:
    """Move the progress bar on by one candidate."""
    bar.update()


def selection(options: dict[str, Any]) -> Selection:
    """Return what the options select; a name that is not known is an error, not an empty export."""
    if options["night"] and (options["first"] or options["last"]):
        raise CommandError("expected --night or --from and --to, got both")
    unknown = set(options["vetters"]) - set(User.objects.values_list("username", flat=True))
    if unknown:
        raise CommandError(f"expected names of users, got {', '.join(sorted(unknown))}")
    return Selection(
        campaign=campaign(options["campaign"]),
        first_night=options["night"] or options["first"],
        last_night=options["night"] or options["last"],
        bands=tuple(options["bands"]),
        classes=tuple(options["classes"]),
        vetters=tuple(options["vetters"]),
        decided=not options["any"],
    )


def campaign(name: str | None) -> Campaign:
    """Return the campaign of a name, or the default one."""
    if name is None:
        return campaign_default()
    found = Campaign.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Campaign.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"expected one of the campaigns {known}, got {name}")
    return found


def write(export: Export, out: Path) -> None:
    """Write beside the place, then rename: a broken export leaves nothing, and what was there stays until then."""
    members = export_members(export, now=timezone.now())
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        if out.suffix == ".zip":
            with (temporary / out.name).open("wb") as file:
                file.writelines(zip_stream(members, export.stamp))
                file.flush()
                os.fsync(file.fileno())
            (temporary / out.name).replace(out)
        else:
            (temporary / "new").mkdir()
            folder_write(members, temporary / "new")
            if out.exists():
                out.rename(temporary / "old")
            (temporary / "new").rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
