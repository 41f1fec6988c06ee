import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from vetting.management.commands.serve import listenable

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
    assert "'max_size': 16" in start(f"import vetting.wsgi; {said}", **there).stdout
    assert (
        "pool" not in start(f"import vetting.celery; {said}", DJANGO_SETTINGS_MODULE="vetting.settings", **there).stdout
    )


def test_what_the_address_of_the_database_asks_for_holds_in_a_web_process_too():
    there = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none?sslmode=verify-full"}
    said = start("import vetting.wsgi; from django.conf import settings; print(settings.DATABASES['default'])", **there)
    assert "'sslmode': 'verify-full'" in said.stdout
    assert "'max_size': 16" in said.stdout


@pytest.mark.django_db
def test_a_health_check_by_address_is_answered_whatever_hosts_are_allowed(client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["vetting.example.org"], True
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).content == b"ok"


def test_a_port_that_is_taken_is_refused_and_a_name_is_looked_up():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as another server would
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            call_command("serve", port=port)
    assert listenable("localhost", port) in {"127.0.0.1", "::1"}
    with pytest.raises(CommandError, match=r"cannot listen on nowhere\.invalid"):
        listenable("nowhere.invalid", port)


def test_a_broker_that_is_away_is_not_asked_again_for_every_event(tmp_path):
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'vetting.settings'; import django; django.setup();"
        "from vetting.campaigns.services import webhooks; [webhooks._hint(1) for _ in range(50)]"
    )
    outcome = start(code, STATE_DIR=str(tmp_path), CELERY_BROKER_URL="redis://127.0.0.1:1/0")
    assert (outcome.returncode, outcome.stderr.count("the broker does not answer")) == (0, 1)


def test_web_process_and_worker_never_load_tensorflow():
    code = (
        "import django, sys, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'vetting.settings'; django.setup();"
        "import vetting.wsgi, vetting.urls, vetting.worker, vetting.candidates.tasks, scoring.__main__;"
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


def test_several_web_processes_have_no_worker_inside():
    with pytest.raises(CommandError, match="expected one process with a worker inside, or --no-worker; got 2"):
        call_command("serve", processes=2)
