"""An installation of its own for a test: real processes on a database that outlives them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "streaks-move-8-to-100-deg-a-day"
QUICK = {"SWEEP_SECONDS": "1", "CLAIM_SECONDS": "20", "SCORING_BATCH": "16", "SCORING_THREADS": "1"}


def free_port() -> int:
    """Port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, *, seconds: float = 60) -> None:
    """Wait until a server listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, f"nothing listens on port {port} after {seconds} s"
            time.sleep(0.1)
        else:
            return


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
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=sys.stderr, start_new_session=True
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait(self, expression: str, wanted: str, *, seconds: float = 90) -> None:
        """Wait until an expression has the wanted value."""
        end = time.monotonic() + seconds
        while (got := self.query(expression)) != wanted:
            assert time.monotonic() < end, f"{expression}: expected {wanted}, still {got} after {seconds} s"
            time.sleep(1)  # each look is a process, which takes time from what is waited for

    def prepared(self) -> "Site":
        """Migrate and register the shipped models."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("register_models")
        return self
