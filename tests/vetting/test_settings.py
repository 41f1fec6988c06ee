import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def start(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_setting_of_the_environment_is_documented():
    names = set(re.findall(r'(?:env\.\w+|positive)\(\s*"([A-Z_]+)"', (ROOT / "vetting/settings.py").read_text()))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/reference/settings.md").read_text(), re.MULTILINE))
    assert names <= documented


def test_every_command_is_documented():
    commands = {path.stem for path in ROOT.glob("vetting/**/management/commands/[a-z]*.py")}
    text = (ROOT / "docs/reference/commands.md").read_text() + (ROOT / "README.md").read_text()
    assert {name for name in commands if name not in text} == set()


def test_a_wrong_value_stops_the_start_with_what_was_expected():
    outcome = start("import vetting.settings", SCORING_BATCH="0")
    assert outcome.returncode
    assert "SCORING_BATCH must be a whole number of at least 1, got 0" in outcome.stderr


def test_a_web_process_keeps_connections_to_postgresql_and_a_worker_none():
    said = "from django.conf import settings; print(settings.DATABASES['default'].get('OPTIONS'))"
    there = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    assert "'max_size': 20" in start(f"import vetting.asgi; {said}", **there).stdout
    assert (
        "pool" not in start(f"import vetting.celery; {said}", DJANGO_SETTINGS_MODULE="vetting.settings", **there).stdout
    )


def test_web_process_and_worker_never_load_tensorflow():
    code = (
        "import django, sys, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'vetting.settings'; django.setup();"
        "import vetting.asgi, vetting.urls, vetting.worker, vetting.candidates.tasks, scoring.__main__;"
        "from django.conf import settings; from scoring.inference import Ensemble;"
        "Ensemble.load(settings.SCORING_MODELS);"
        "print([name for name in sys.modules if name.split('.')[0] in ('tensorflow', 'keras')])"
    )
    outcome = start(code)
    assert (outcome.stdout.strip(), outcome.stderr) == ("[]", "")


def test_the_secret_key_is_kept_and_only_its_owner_reads_it(tmp_path):
    code = "import vetting.settings as s; print(s.SECRET_KEY)"
    first, second = (start(code, STATE_DIR=str(tmp_path)).stdout for _ in range(2))
    assert first == second
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
