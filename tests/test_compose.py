"""docker-compose.yml: every queue has a worker, every service a health check, no secret a default."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_docs import settings_read

TEXT = (Path(__file__).resolve().parents[1] / "docker-compose.yml").read_text(encoding="utf-8")
ONE_SHOT = "prepare"


@pytest.fixture
def services() -> dict[str, Any]:
    return yaml.safe_load(TEXT)["services"]


def queues_of(service: dict[str, Any]) -> list[str]:
    words = service.get("command", [])
    return words[words.index("--queues") + 1].split(",") if "--queues" in words else []


def test_every_queue_has_one_worker(services: dict[str, Any]) -> None:
    assert sorted(queue for one in services.values() for queue in queues_of(one)) == [
        "chat",
        "cpu",
        "gpu",
        "io",
    ]


def test_only_the_gpu_worker_waits_for_its_profile(services: dict[str, Any]) -> None:
    assert [name for name, one in services.items() if "profiles" in one] == ["worker-gpu"]
    assert queues_of(services["worker-gpu"]) == ["gpu"]


def test_every_service_that_stays_has_a_health_check(services: dict[str, Any]) -> None:
    assert [name for name, one in services.items() if "healthcheck" not in one] == [ONE_SHOT]


def test_the_application_runs_for_production_on_settings_that_exist(services: dict[str, Any]) -> None:
    settings = services["web"]["environment"]
    assert settings["MEDAPP_ENV"] == "production"
    foreign = {name for name in settings if name not in settings_read()}
    assert foreign == {"FORWARDED_ALLOW_IPS"}  # uvicorn's own


def test_secrets_have_no_default() -> None:
    uses = re.findall(r"\$\{(MEDAPP_SECRET_KEY|MEDAPP_VAULT_KEYS|DB_PASSWORD|BROKER_PASSWORD)(:.)", TEXT)
    assert len(uses) >= 6
    assert {mark for _name, mark in uses} == {":?"}
