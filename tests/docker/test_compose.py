import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text()


def test_the_four_services_are_there():
    assert {"web", "worker", "redis", "postgres"} <= set(COMPOSE["services"])


def test_every_build_target_exists():
    targets = {service["build"]["target"] for service in COMPOSE["services"].values() if "build" in service}
    assert targets <= set(re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.MULTILINE))


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_use_redis_and_postgresql(name):
    environment = COMPOSE["services"][name]["environment"]
    assert environment["CELERY_BROKER_URL"].startswith("redis://redis")
    assert environment["DATABASE_URL"].startswith("postgres://")


def test_every_variable_that_compose_reads_is_in_the_example():
    read = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker/compose.yaml").read_text()))
    assert read <= set(re.findall(r"^([A-Z_]+)=", (ROOT / "docker/.env.example").read_text(), re.MULTILINE))


def test_every_path_that_the_image_copies_exists():
    copied = [
        name
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
        for name in line.split()[:-1]
        if not name.startswith("--")
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []
