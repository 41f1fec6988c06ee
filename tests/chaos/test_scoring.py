"""Every candidate is scored once, whatever happens to workers and queues."""

import os
import signal
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from tests.site import free_port, wait_for_port

WORKER = ("-m", "celery", "--app", "vetting", "worker", "--beat", "--schedule", "/dev/null", "--concurrency", "2",
          "--loglevel", "ERROR", "--scheduler", "celery.beat:Scheduler")  # fmt: skip
UNSCORED = "Candidate.objects.filter(state='new').count()"
SCORES = "Score.objects.count(), Score.objects.values('candidate').distinct().count()"


def test_the_embedded_worker_scores_what_another_process_ingests(sqlite_site, night):
    with sqlite_site.running("manage.py", "serve", "--port", str(free_port())):
        assert "new 60" in sqlite_site.manage("ingest", str(night))
        sqlite_site.wait(UNSCORED, "0")
    assert sqlite_site.query(SCORES) == "60 60"


def test_the_served_site_answers_and_stops_on_ctrl_c(sqlite_site):
    port = free_port()
    with sqlite_site.running("manage.py", "serve", "--port", str(port)) as server:
        wait_for_port(port)
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60).read() == b"ok"
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(timeout=60) == 0


def test_a_web_process_that_is_killed_is_started_again(sqlite_site):
    port = free_port()
    with sqlite_site.running("manage.py", "serve", "--port", str(port)) as server:
        wait_for_port(port)
        (process,) = processes(server.pid)
        os.kill(process, signal.SIGKILL)
        end = time.monotonic() + 60
        while processes(server.pid) in ([], [process]):
            assert time.monotonic() < end, "no other process came"
            time.sleep(0.1)
        wait_for_port(port)
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60).read() == b"ok"


def processes(server: int) -> list[int]:
    """Web processes of a server; its other children do not serve."""
    found = []
    for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        with suppress(FileNotFoundError):  # it has ended meanwhile
            found += [int(pid)] if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes() else []
    return found


@pytest.mark.services
def test_a_killed_worker_loses_and_doubles_nothing(redis_site, night):
    redis_site.manage("ingest", str(night))
    with redis_site.running(*WORKER) as worker:
        redis_site.wait("Score.objects.exists()", "True")
        os.killpg(worker.pid, signal.SIGKILL)
    with redis_site.running(*WORKER):
        redis_site.wait(UNSCORED, "0")
    assert redis_site.query(SCORES) == "60 60"


@pytest.mark.services
def test_a_flushed_queue_loses_nothing(redis_site, night):
    redis_site.manage("ingest", str(night))
    redis_site.manage("sweep")
    redis.Redis.from_url(redis_site.environment["CELERY_BROKER_URL"]).flushdb()
    with redis_site.running(*WORKER):
        redis_site.wait(UNSCORED, "0")
    assert redis_site.query(SCORES) == "60 60"
