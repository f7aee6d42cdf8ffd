import pytest

from ml.errors import InvalidInput
from ml.texts import Limits, examine, join_fields


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n\t。。。 123", "empty"),
        ("これは糖尿病についての質問ですか", "unsupported-language"),
        ("У меня болит голова", "unsupported-language"),
        ("頭痛" * 20_000, "too-long"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text, code):
    verdict = examine(text).verdict
    assert not verdict.in_scope
    assert verdict.code == code


@pytest.mark.parametrize(
    "text", ["头痛三天，体温38.5℃", "β-blocker for hypertension", "HbA1c 升高", "𠮷野家吃坏肚子"]
)
def test_chinese_english_and_mixtures_are_read(text):
    assert examine(text).verdict.in_scope


def test_only_the_beginning_of_a_megabyte_is_kept():
    examined = examine("痛" * 1_000_000, Limits(readable=100))
    assert len(examined.text) == 100
    assert examined.verdict.detail["characters"] == 1_000_000


def test_what_is_no_text_is_the_callers_mistake():
    with pytest.raises(InvalidInput):
        examine(None)


def test_empty_fields_leave_no_blank_line():
    assert join_fields(" 头痛 ", "三天了") == "头痛\n三天了"
    assert join_fields("", "三天了") == "三天了"
