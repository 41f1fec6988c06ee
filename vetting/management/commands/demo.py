"""From nothing to a served demo night: database, logins, models, candidates, scores."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from tqdm import tqdm

from scoring.simulation.demo import DEMO_NIGHT, make_night
from scoring.whole_file import whole_file
from vetting.candidates.models import Candidate, State
from vetting.candidates.scorer import candidates_score
from vetting.candidates.services import batches_claim, claims_release

LOGINS = {"vetter": False, "admin": True}


class Command(BaseCommand):
    help = "Make the demo night, score it, create the logins `vetter` and `admin`, and serve the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--candidates", type=int, default=400, help="size of the demo night")
        parser.add_argument("--seed", type=int, default=20261121)
        parser.add_argument("--no-serve", action="store_true", help="prepare everything and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("register_models", stdout=self.stdout)
        night = settings.STATE_DIR / f"demo-night-{options['seed']}-{options['candidates']}"
        if not night.exists():
            self._make_night(night, options["seed"], options["candidates"])
        known = Candidate.objects.filter(night=DEMO_NIGHT).count()
        if known < options["candidates"]:  # also after an ingest that was stopped
            call_command("ingest", str(night), stdout=self.stdout)
        self._score()
        passwords = self._logins(settings.STATE_DIR / "demo_logins")
        for name, password in passwords.items():
            self.stdout.write(f"login {name:<6} password {password}")
        if not options["no_serve"]:
            call_command("serve", host=options["host"], port=options["port"], stdout=self.stdout)

    def _make_night(self, night: Path, seed: int, size: int) -> None:
        unfinished = night.with_suffix(".part")
        with tqdm(total=size, desc="simulate", unit="candidate", disable=None) as bar:
            make_night(unfinished, seed=seed, n=size, on_progress=bar.update)
        unfinished.replace(night)

    def _score(self) -> None:
        claims_release()
        with tqdm(
            total=Candidate.objects.filter(state=State.NEW).count(), desc="score", unit="candidate", disable=None
        ) as bar:
            while batches := batches_claim():
                for ids in batches:
                    candidates_score(ids)
                    bar.update(len(ids))

    def _logins(self, kept: Path) -> dict[str, str]:
        """Create the logins that are missing; keep their passwords where only the owner of the files reads them."""
        passwords = dict(line.split() for line in kept.read_text().splitlines()) if kept.exists() else {}
        missing = [name for name in LOGINS if not User.objects.filter(username=name).exists()]
        for name in missing:
            passwords.setdefault(name, secrets.token_urlsafe(9))
        with whole_file(kept, mode=0o600) as file:
            file.write("".join(f"{name} {password}\n" for name, password in passwords.items()).encode())
        for name in missing:
            user = User(username=name, is_staff=LOGINS[name], is_superuser=LOGINS[name])
            user.set_password(passwords[name])
            user.save()
        return {name: passwords.get(name, "(as it was set before)") for name in LOGINS}
