"""A sentence stands only where a passage supports it."""

import pytest

from consult.evidence import sentences, split_sentences, support

PASSAGES = [
    "An HbA1c below 7 % is a common target; older and frail patients need a looser one.",
    "二甲双胍通常为首选药物。eGFR低于30 mL/min时停用二甲双胍。",
    "Bisoprolol 5 mg once a day was taken. Penicillin was not tolerated.",
]


@pytest.mark.parametrize(
    "sentence, passage",
    [
        ("A common target is an HbA1c below 7 %.", 0),
        ("An HbA1c below 9 % is a common target.", None),
        ("eGFR低于30时停用二甲双胍。", 1),
        ("eGFR低于45时停用二甲双胍。", None),
        ("Aspirin prevents stroke in young athletes.", None),
        ("An HbA1c below 7 % is not a common target.", None),
        ("二甲双胍通常不为首选药物。", None),
        ("eGFR低于30 mL/min时停用二甲双胍", 1),
        ("Is an HbA1c below 7 % a common target?", None),
        ("An HbA1c below 7.0 % is a common target.", 0),
        ("Bisoprolol 5 mg is taken once a day.", 2),
        ("Bisoprolol 5 ug is taken once a day.", None),
        ("Penicillin is not tolerated.", 2),
        ("Penicillin is tolerated.", None),
    ],
)
def test_sentence_is_supported_by_the_passage_that_says_it(sentence, passage):
    assert [one.passage for one in support(sentence, PASSAGES)] == [passage]


def test_every_sentence_is_struck_when_there_are_no_passages():
    assert [one.passage for one in support("Metformin is the first choice.", [])] == [None]


def test_sentences_are_split_in_both_languages_without_marks():
    text = "糖化血红蛋白是7.2%。需要复查吗？ The value is 7.2 %. See [1].\n- Next step"

    assert split_sentences(text) == [
        "糖化血红蛋白是7.2%。",
        "需要复查吗？",
        "The value is 7.2 %.",
        "See.",
        "Next step",
    ]


def test_a_claim_is_not_pieced_together_from_distant_sentences():
    passage = "Aspirin is given. The weather was fine. The dog slept. Stroke is common in winter."
    claim = "Aspirin is given to the dog in stroke."
    assert [one.passage for one in support(claim, [passage])] == [None]


def test_lines_and_lists_are_kept_apart():
    text = "Two things [1].\n- First.\n2. Second one. Third thing."
    assert [(one.lead, one.text) for one in sentences(text)] == [
        ("\n", "Two things."),
        ("\n• ", "First."),
        ("\n• ", "Second one."),
        (" ", "Third thing."),
    ]
