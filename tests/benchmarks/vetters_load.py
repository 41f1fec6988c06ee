"""Fifty vetters at once: Locust labels and asks for the next candidate every two seconds, on a site of its own.

uv sync --frozen --inexact --extra site --group test --group load
.venv/bin/python tests/benchmarks/vetters_load.py [--vetters 50] [--seconds 300] [--processes 2] [--database URL]

``--database postgres://…/postgres`` makes a database of its own on that server and removes it; without it the site
runs on SQLite. The site is served as docs/how-to/deploy.md says. Prints JSON: response times, errors, and what the
database holds against what was acknowledged. Exits 1 where a label was lost or doubled, or a request failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from locust import FastHttpUser, constant_pacing, events, task

from tests.site import ROOT, Site, free_port

PLAN = "VETTERS_LOAD_PLAN"  # names the file that says what the simulated vetters do
CLASSES = ("asteroid", "ghost", "blank", "masked_star", "bad_subtraction")
VOTES = 3
PREPARE = """
from django.contrib.auth.models import User
from django.db import connection
from tests.factories import make_candidate, make_ensemble, make_score, make_token
from vetting.campaigns.models import Campaign, Membership, Role
from vetting.campaigns.services import campaign_create, campaign_start, pool_add
import json
by = User.objects.create_user("manager")
campaign = campaign_create("load", by=by, template="training", votes_needed=VOTES, redundancy="fixed", pool="list")
ensemble = make_ensemble()
rows = [make_candidate() for _ in range(SIZE)]
for row in rows:
    make_score(row, ensemble=ensemble, p_asteroid=row.pk % 1000 / 1000)
campaign_start(campaign, by=by)
pool_add(campaign, [row.source_id for row in rows])
tokens = []
for number in range(VETTERS):
    user = User.objects.create_user(f"vetter{number}")
    Membership.objects.create(campaign=campaign, user=user, role=Role.VETTER)
    tokens.append(make_token(user, "read", "label"))
connection.cursor().execute("ANALYZE")  # as on a site that has run for a day
print(json.dumps({"campaign": campaign.pk, "tokens": tokens}))
"""
HELD = """
from vetting.campaigns.models import Label
import json
rows = Label.objects.filter(action="label", undone_by=None).values_list("uuid", "vetter", "candidate")
print(json.dumps([[str(uuid), vetter, candidate] for uuid, vetter, candidate in rows]))
"""

acknowledged: list[str] = []
sent: list[str] = []
plan: dict[str, Any] = json.loads(Path(os.environ[PLAN]).read_text()) if PLAN in os.environ else {"tokens": []}


class Vetter(FastHttpUser):
    """A vetter who holds five candidates, labels one every two seconds and asks for the next."""

    wait_time = constant_pacing(2)

    def on_start(self) -> None:
        """Log in as the next vetter and borrow the first candidates."""
        self.headers = {"Authorization": f"Token {plan['tokens'].pop()}"}
        self.number = 0
        self.queue: list[int] = []
        self.borrow()

    def borrow(self) -> None:
        """Borrow what is missing to five."""
        path = f"/api/v1/campaigns/{plan['campaign']}/next/"
        with self.client.post(
            path,
            json={"count": 5 - len(self.queue), "exclude": self.queue},
            headers=self.headers,
            name="next",
            catch_response=True,
        ) as answer:
            if answer.status_code == 200:
                self.queue += [row["candidate"] for row in answer.json()]

    @task
    def vet(self) -> None:
        """Label the first candidate and ask for another."""
        if self.queue:
            candidate, name = self.queue.pop(0), str(uuid.uuid4())
            self.number += 1
            content = {
                "uuid": name,
                "candidate": candidate,
                "campaign": plan["campaign"],
                "fine_class": CLASSES[self.number % len(CLASSES)],
                "seconds": 1.9,
            }
            sent.append(name)
            with self.client.post(
                "/api/v1/labels/", json=content, headers=self.headers, name="label", catch_response=True
            ) as answer:
                if answer.status_code in {200, 201}:
                    acknowledged.append(name)
        self.borrow()


@events.quitting.add_listener
def note(environment: Any, **_: Any) -> None:
    """Write what was measured beside the plan."""
    stats = environment.stats

    def figures(entry: Any) -> dict[str, float]:
        quantiles = {f"p{round(100 * at)}_ms": entry.get_response_time_percentile(at) for at in (0.5, 0.95, 0.99)}
        return {
            "requests": entry.num_requests,
            "failures": entry.num_failures,
            **quantiles,
            "max_ms": entry.max_response_time,
        }

    found = {entry.name: figures(entry) for entry in stats.entries.values()} | {"all": figures(stats.total)}
    errors = {str(error.error): error.occurrences for error in stats.errors.values()}
    held = {"times": found, "errors": errors, "acknowledged": acknowledged, "sent": sent}
    Path(os.environ[PLAN]).with_suffix(".out").write_text(json.dumps(held))


def main() -> int:
    """Serve, load, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vetters", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if not given.database:
            figures = measure(given, Path(home), f"sqlite:///{home}/db.sqlite3")
        else:
            server, name = given.database.rsplit("/", 1)[0], f"vetters_load_{os.getpid()}"
            _sql(given.database, f'CREATE DATABASE "{name}"')
            try:
                figures = measure(given, Path(home), f"{server}/{name}")
            finally:
                _sql(given.database, f'DROP DATABASE "{name}" WITH (FORCE)')
    print(json.dumps(figures, indent=2))
    return int(bool(figures["lost"] or figures["doubled"] or figures["times"]["all"]["failures"]))


def _sql(address: str, statement: str) -> str:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else ""


def measure(given: argparse.Namespace, home: Path, database: str) -> dict[str, Any]:
    """Run the load on a site of its own and compare what it holds with what was acknowledged."""
    site = Site(STATE_DIR=str(home), DATABASE_URL=database, THROTTLE_USER="100000/min")
    site.manage("migrate", "--verbosity", "0")
    size = 20 + given.vetters * (5 + (given.seconds + 10) // 2 // VOTES * 2)
    code = PREPARE.replace("VOTES", str(VOTES)).replace("SIZE", str(size)).replace("VETTERS", str(given.vetters))
    held_plan = home / "plan.json"
    held_plan.write_text(site.manage("shell", "--no-imports", "-c", code))
    port = free_port()
    serve = ("manage.py", "serve", "--no-worker", "--processes", str(given.processes), "--port", str(port))
    with site.running(*serve), tended(database) as tends:
        _wait(f"http://127.0.0.1:{port}/healthz")
        before = os.getloadavg()[0]
        subprocess.run(
            [
                sys.executable, "-m", "locust", "-f", __file__, "--headless", "--only-summary", "--loglevel", "ERROR",
                "--host", f"http://127.0.0.1:{port}", "--users", str(given.vetters), "--spawn-rate", "25",
                "--run-time", f"{given.seconds}s", "--stop-timeout", "20",
            ],
            cwd=ROOT, env=os.environ | {PLAN: str(held_plan)}, stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    rows = json.loads(site.manage("shell", "--no-imports", "-c", HELD))
    out = json.loads(held_plan.with_suffix(".out").read_text())
    names = {row[0] for row in rows}
    votes = Counter((vetter, candidate) for _, vetter, candidate in rows)
    return {
        "database": database.split(":", 1)[0],
        "vetters": given.vetters,
        "seconds": given.seconds,
        "processes": given.processes,
        "load_before": before,
        "vacuum_by_script": tends,
        "times": out["times"],
        "errors": out["errors"],
        "labels_sent": len(out["sent"]),
        "labels_acknowledged": len(out["acknowledged"]),
        "labels_held": len(rows),
        "lost": len(set(out["acknowledged"]) - names),
        "doubled": sum(number - 1 for number in votes.values()) + len(names - set(out["sent"])),
    }


@contextmanager
def tended(database: str) -> Iterator[bool]:
    """Do each minute what PostgreSQL does by itself, where its autovacuum is switched off as no site would have it."""
    if database.startswith("sqlite") or _sql(database, "SHOW autovacuum") == "on":
        yield False
        return
    over = threading.Event()

    def tend() -> None:
        while not over.wait(60):
            _sql(database, "VACUUM (ANALYZE)")

    thread = threading.Thread(target=tend)
    thread.start()
    try:
        yield True
    finally:
        over.set()
        thread.join()


def _wait(address: str) -> None:
    """Wait until the site answers."""
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
