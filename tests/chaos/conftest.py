"""Sites on SQLite and on PostgreSQL with Redis, and a small simulated night."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis

from scoring.simulation.demo import make_night
from tests.site import Site

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulate a small night of streak alert packets."""
    path = tmp_path_factory.mktemp("chaos") / "night"
    make_night(path, seed=7, n=60)
    return path


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Site:
    return Site(STATE_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3").prepared()


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
            yield Site(STATE_DIR=str(tmp_path), DATABASE_URL=database, CELERY_BROKER_URL=REDIS).prepared()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
