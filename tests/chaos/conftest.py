"""A site of its own for each test: real processes, a real broker, a database that outlives them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
QUICK = {"SWEEP_SECONDS": "1", "CLAIM_SECONDS": "6", "SCORING_BATCH": "16", "SCORING_THREADS": "1"}


class Site:
    """Commands and background processes of one installation, by its environment."""

    def __init__(self, **environment: str) -> None:
        self.environment = os.environ | QUICK | environment

    def python(self, *arguments: str) -> str:
        """Run to the end and return what was printed; a failure shows what it said."""
        outcome = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    def manage(self, *arguments: str) -> str:
        return self.python("manage.py", *arguments)

    def query(self, expression: str) -> Any:
        """Evaluate an expression over the models in a process of its own."""
        code = (
            "from vetting.candidates.models import *; from vetting.registry.models import *;"
            f"from django.db.models import Count; print({expression})"
        )
        return self.manage("shell", "--no-imports", "-c", code).strip()

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment, start_new_session=True)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait(self, expression: str, wanted: str, *, seconds: float = 90) -> None:
        """Wait until an expression has the wanted value."""
        end = time.monotonic() + seconds
        while (got := self.query(expression)) != wanted:
            assert time.monotonic() < end, f"{expression}: expected {wanted}, still {got} after {seconds} s"
            time.sleep(0.5)


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulate a small night of streak alert packets."""
    from scoring.simulation.demo import make_night

    path = tmp_path_factory.mktemp("chaos") / "night"
    make_night(path, seed=7, n=60, on_progress=lambda: None)
    return path


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Site:
    return _prepared(Site(STATE_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3"))


@pytest.fixture
def redis_site(tmp_path: Path) -> Iterator[Site]:
    """PostgreSQL and Redis, as in production; the database is dropped afterwards."""
    name = f"deepstreaks_{uuid4().hex[:8]}"
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
        redis.Redis.from_url(REDIS).flushdb()
    except (psycopg.OperationalError, redis.ConnectionError) as error:
        pytest.skip(f"needs PostgreSQL and Redis: {error}")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            database = f"{POSTGRESQL.rsplit('/', 1)[0]}/{name}"
            yield _prepared(Site(STATE_DIR=str(tmp_path), DATABASE_URL=database, CELERY_BROKER_URL=REDIS))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _prepared(site: Site) -> Site:
    site.manage("migrate", "--verbosity", "0")
    site.manage("register_models")
    return site
