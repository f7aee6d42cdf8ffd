from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from medapp.ui import words

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (None, "not assessed"),
        (0.02, "very unlikely"),
        (0.25, "unlikely"),
        (0.5, "uncertain"),
        (0.7, "likely"),
        (0.97, "very likely"),
    ],
)
def test_a_probability_has_its_word(probability: float | None, expected: str) -> None:
    assert words.probability_words(probability) == expected


@pytest.mark.parametrize(
    ("probability", "subject", "expected"),
    [
        (0.12, "image", "about 12 of 100 such pictures"),
        (0.004, "note", "fewer than 1 of 100 such notes"),
        (0.998, "", "more than 99 of 100 such cases"),
        (None, "image", ""),
    ],
)
def test_a_probability_is_told_as_a_frequency(probability: float | None, subject: str, expected: str) -> None:
    assert words.frequency(probability, subject) == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(2026, 3, 8), "2 days"),
        (date(2026, 2, 10), "1 month"),
        (date(2024, 4, 1), "23 months"),
        (date(2024, 3, 10), "2 years"),
        (date(1957, 3, 11), "68 years"),
        (date(2027, 1, 1), "age unknown"),
    ],
)
def test_an_age_is_told_as_a_clinician_says_it(birth: date, expected: str) -> None:
    assert words.age(birth, NOW.date()) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=40), ""),
        (timedelta(minutes=-30), "in 30 minutes"),
    ],
)
def test_a_time_is_told_relative_to_now(before: timedelta, expected: str) -> None:
    assert words.relative_time(NOW - before, NOW) == expected


def test_the_name_in_the_readers_script_comes_first() -> None:
    patient = SimpleNamespace(name_zh="欧阳若兰", name_latin="Ouyang Ruolan")

    with translation.override("zh-hans"):
        assert words.patient_names(patient) == ("欧阳若兰", "Ouyang Ruolan")
    assert words.patient_names(patient) == ("Ouyang Ruolan", "欧阳若兰")


def test_a_name_in_one_script_alone_stands_first_in_both_languages() -> None:
    patient = SimpleNamespace(name_zh="", name_latin="Anna Schmidt")

    with translation.override("zh-hans"):
        assert words.patient_names(patient) == ("Anna Schmidt", "")


@pytest.mark.parametrize(
    "value", [{"zh": "正常", "en": "Normal"}, SimpleNamespace(name_zh="正常", name_en="Normal")]
)
def test_two_languages_are_read_in_the_readers_own(value: object) -> None:
    assert words.in_language(value) == "Normal"
    with translation.override("zh-hans"):
        assert words.in_language(value) == "正常"


def test_a_missing_language_falls_back_to_the_other() -> None:
    assert words.in_language({"zh": "正常", "en": ""}) == "正常"
