"""The whole check: lint, types, import rules, migrations, settings, tests. `./run test` calls it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PARALLEL = ["-n", "2", "--dist", "loadfile"]  # two processes; a file's tests share one, and its sites
PRODUCTION = {
    "DEBUG": "off",
    "HTTPS": "on",
    "SECRET_KEY": "a-key-of-the-check-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "deepstreaks.example.org",
}
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def tool(name: str) -> str:
    """Path of a console script of this environment."""
    return str(Path(PYTHON).with_name(name))


def postgresql_answers() -> bool:
    """Whether the tests can run a second time on PostgreSQL."""
    import psycopg

    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        print(f"skipped: PostgreSQL does not answer at {POSTGRESQL}: {error}")
        return False
    return True


def steps(arguments: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and environment of every step; arguments go to pytest and leave the rest out."""
    if arguments:
        return [("tests", [PYTHON, "-m", "pytest", *arguments], {})]
    plain = [
        ("lint", [tool("ruff"), "check", "."], {}),
        ("format", [tool("ruff"), "format", "--check", "."], {}),
        ("types", [PYTHON, "-m", "mypy"], {}),
        ("import rules", [tool("lint-imports"), "--no-cache"], {}),
        ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("deployment", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]
    if shutil.which("node"):
        each = 'find static/js -name "*.js" | while read -r script; do node --check "$script" || exit 1; done'
        plain.append(("scripts", ["sh", "-c", each], {}))
    else:
        print("skipped: no node to check the syntax of static/js with; the browser tests run them")
    if postgresql_answers():
        command = [PYTHON, "-m", "pytest", *PARALLEL, "-m", "not browser", "tests/vetting"]
        plain.append(("tests on PostgreSQL", command, {"DATABASE_URL": POSTGRESQL}))
    return [*plain, ("tests", [PYTHON, "-m", "pytest", *PARALLEL, "--durations=10"], {})]


def main() -> int:
    """Run every step, also after one that failed; say at the end what failed."""
    failed = []
    for name, command, environment in steps(sys.argv[1:]):
        start = time.monotonic()
        print(f"── {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode
        print(
            f"── {name}: {'passed' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - start:.0f} s",
            flush=True,
        )
        if code:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
