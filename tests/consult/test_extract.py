"""Quotations: whole sentences with their numbers, of what was asked about and nothing else."""

from consult.extract import best_quotes, worded
from consult.passages import Found
from tests.factories.consult import WordEncoder

ENCODER = WordEncoder()


def article(title: str, text: str) -> Found:
    return Found("article", "1", title, text, "/knowledge/1/")


def quotes(question, *found):
    return best_quotes(question, found, ENCODER.queries, ENCODER.passages)


def test_the_sentence_that_answers_is_quoted_with_the_number_of_its_passage():
    found = article("Gout", "Gout hurts."), article("Diabetes", "Metformin comes first. Feet are checked.")
    (one,) = quotes("When does metformin come?", *found)
    assert (one.text, one.number) == ("Metformin comes first.", 2)


def test_nothing_is_quoted_where_less_than_half_of_the_question_is_held():
    assert quotes("Which blood group does the king have?", article("Blood", "Blood is red.")) == []


def test_a_record_list_stays_one_sentence():
    medication = Found(
        "medication", "", "Current medication", "Current medication: A 5 mg; B.", "/", also="drug"
    )
    assert [one.text for one in quotes("Which drug?", medication)] == ["Current medication: A 5 mg; B."]


def test_the_same_sentence_of_two_passages_is_quoted_once():
    found = article("A", "Metformin comes first."), article("B", "Metformin comes first.")
    assert len(quotes("metformin first", *found)) == 1


def test_the_answer_reads_as_a_list_in_the_language_of_the_question():
    answer = "".join(worded(quotes("metformin first", article("A", "Metformin comes first.")), "en"))
    assert answer == "From the sources:\n• Metformin comes first. [1]"
    assert "".join(worded([], "zh")) == "资料中没有提到。"
