import io
import json

import pytest
from django.core.management import call_command
from django.utils import translation

from medapp.registry.card import parse
from medapp.registry.health import models_are_usable
from medapp.registry.models import ModelVersion
from medapp.registry.presenters import facts, figures_by_label
from medapp.registry.services import sync_packs

pytestmark = pytest.mark.django_db


def run(*arguments) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_models_lists_digest_scope_and_figures(packs):
    packs()
    with translation.override("en"):
        text = run("models")
    assert ModelVersion.objects.get().digest in text
    assert "Language: zh" in text
    assert "Accuracy 0.900 (0.800–0.950)" in text


def test_models_as_json_carries_the_card(packs):
    packs()
    (found,) = json.loads(run("models", "--json"))
    assert (found["name"], found["status"], found["metrics"]["test"]["n"]) == ("tiny", "champion", 40)


def test_sync_models_strict_ends_with_one_on_a_problem(packs):
    packs(backbone={"name": "base", "digest": "0" * 64})
    assert "not assembled" in run("sync_models")
    with pytest.raises(SystemExit):
        run("sync_models", "--strict")


def test_facts_speak_the_readers_language_and_say_what_was_measured(packs):
    packs()
    sync_packs()
    with translation.override("en"):
        found = facts(ModelVersion.objects.get())
    assert found["facts"]["performance"].startswith("Accuracy 0.900 (0.800–0.950)")
    assert "40" in found["facts"]["performance"]


def test_figures_by_label_leave_open_what_was_not_measured(packs):
    packs()
    sync_packs()
    with translation.override("zh-hans"):
        names, rows = figures_by_label(ModelVersion.objects.get())
    assert len(names) == 1
    assert [(label, row[0].words) for label, row in rows] == [("a中", "0.700 (0.600–0.800)"), ("b中", "–")]


def test_health_names_the_model_that_cannot_be_used(packs):
    packs(backbone={"name": "base", "digest": "0" * 64})
    sync_packs()
    item = models_are_usable()
    assert item.status == "warn"
    assert "tiny" in str(item.message)


def test_a_card_becomes_blocks_without_markup():
    text = "# T\n\nSays **bold** and\n`code`.\n\n| | |\n|---|---|\n| a | b |\n\n- one\n  more\n- two\n\n## H\ntext"
    blocks = [(block.kind, block.text, block.rows) for block in parse(text)]
    assert blocks == [
        ("heading", "T", []),
        ("paragraph", "Says bold and code.", []),
        ("table", "", [["a", "b"]]),
        ("list", "", [["one more"], ["two"]]),
        ("heading", "H", []),
        ("paragraph", "text", []),
    ]
