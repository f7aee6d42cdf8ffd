"""One answer of the bundled model from question to checked statements, nothing replaced."""

import pytest

from consult import engines
from ml.assemble import assemble
from tests.factories import consult

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _models(monkeypatch, encoder):
    assemble("smollm2-135m-instruct", lambda line: None)
    monkeypatch.setenv(
        "MEDAPP_TORCH_THREADS", "1"
    )  # two that spin for one another are slower, beside other tests
    monkeypatch.setattr("consult.answer.MAX_TOKENS", 24)


def test_the_bundled_model_answers_in_english_with_what_its_sources_hold(doctor):
    consult.source()
    turn = consult.answered(doctor)
    assert (turn.status, turn.is_demonstration, turn.model_name) == ("complete", True, "smollm2-chat 1.0.0")
    assert "".join(delta.text for delta in turn.deltas.all()).strip() == turn.text
    assert [one.citation.title for one in turn.statements.all() if not one.is_struck][0] == "Type 2 diabetes"


def test_a_question_in_chinese_is_answered_by_quotations_alone(doctor):
    consult.source(articles=[("二甲双胍", "二甲双胍为首选。eGFR低于30时停用二甲双胍。")])
    turn = consult.answered(doctor, text="二甲双胍什么时候停用？")
    assert turn.is_quoted
    assert "eGFR低于30时停用二甲双胍。" in [one.text for one in turn.statements.all()]


def test_warming_loads_both_models_and_the_record(doctor, patient):
    engines.chat.cache_clear()
    consult.conversation(doctor, patient)
    assert consult.work("consult.warm") == 1
    assert engines.chat.cache_info().currsize == 1
