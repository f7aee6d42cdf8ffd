"""Articles in: a bad line is named and the rest go on; a change is a new edition; what is withdrawn is silent."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from consult.embedding import enqueue_missing
from consult.models import Article, Passage, Source
from consult.retrieval import best_knowledge
from consult.services import import_articles, withdraw_source
from consult.services.knowledge import bounded_lines
from medapp.audit.models import Event
from tests.factories import consult
from tests.factories.consult import METFORMIN, WordEncoder

pytestmark = pytest.mark.django_db
GOOD = '{"question": "What is gout?", "answer": "Gout comes from uric acid."}'


def take(lines, source=None):
    source = source or Source.objects.create(key="s", title="S", licence="CC0-1.0")
    return import_articles(source=source, lines=lines, by=None)


def found(question="metformin") -> list[str]:
    return [one.title for one in best_knowledge(question, WordEncoder().queries([question])[0])]


@pytest.mark.parametrize(
    "line, reason",
    [
        ('{"question": "What', "not a JSON object"),
        ("[1, 2]", "not a JSON object"),
        ("null", "not a JSON object"),
        ('{"question": "Only"}', "are needed"),
        (json.dumps({"title": "Huge", "text": "x" * 200_001}), "longer than 200,000"),
        ("x" * 1_000_001, "longer than 1,000,000"),
    ],
    ids=["cut off", "a list", "null", "half an article", "huge", "a line without end"],
)
def test_a_bad_line_in_the_middle_is_named_and_the_rest_go_on(line, reason):
    with translation.override("en"):
        result = take([GOOD, line, GOOD.replace("gout", "ascites")])
    ((number, said),) = result.bad
    assert (result.new, number) == (2, 2)
    assert reason in said


def test_a_second_import_changes_nothing():
    source = consult.source()
    edition = source.edition
    result = take([json.dumps({"title": "Type 2 diabetes", "text": METFORMIN})], source)
    source.refresh_from_db()
    assert (result.unchanged, result.new, source.edition) == (1, 0, edition)


def test_a_changed_article_is_a_new_edition_with_new_passages():
    source = consult.source()
    before = source.articles.get().pk
    result = take([json.dumps({"title": "Type 2 diabetes", "text": "Metformin comes first."})], source)
    source.refresh_from_db()
    article = source.articles.get()
    assert (result.changed, article.pk, article.text) == (1, before, "Metformin comes first.")
    assert (source.edition, [one.vector for one in article.passages.all()]) == (2, [None])


def test_an_id_twice_in_a_file_leaves_the_later_one():
    lines = [json.dumps({"id": "1", "title": "Gout", "text": text}) for text in ("Old.", "New.")]
    result = take(lines)
    assert (result.new, result.changed, Article.objects.get().text) == (1, 1, "New.")


def test_a_withdrawn_source_is_cited_no_more(doctor):
    source = consult.source()
    assert found() == ["Type 2 diabetes"]
    withdraw_source(source=source, by=doctor)
    assert found() == []
    assert Event.objects.filter(action="knowledge.manage", detail__withdrawn=True).count() == 1


def test_passages_without_a_vector_are_queued_once(encoder):
    result = take([GOOD])
    source = Source.objects.get()
    assert (result.new, len(enqueue_missing(source=source, by=None))) == (1, 1)
    assert consult.work("consult.embed") == 1
    assert Passage.objects.filter(vector__isnull=True).count() == 0
    assert enqueue_missing(source=source, by=None) == []


def test_the_command_imports_a_file_and_names_its_bad_lines(tmp_path, encoder, capsys):
    file = tmp_path / "medquad.jsonl"
    file.write_bytes(GOOD.encode() + b"\n{broken\n\xff\xfe\n")
    call_command("import_knowledge", str(file), licence="CC BY 4.0")
    said = capsys.readouterr()
    assert "1 new, 0 changed, 0 unchanged, 2 bad lines" in said.out
    assert "line 2:" in said.err
    assert found("gout") == ["What is gout?"]


def test_a_line_without_end_is_never_read_whole(tmp_path):
    file = tmp_path / "long.jsonl"
    file.write_text("x" * 3_000_000 + "\n" + GOOD)
    with file.open() as stream:
        lines = list(bounded_lines(stream))
    assert [len(line) for line in lines] == [1_000_001, len(GOOD)]


def test_the_command_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_knowledge", str(tmp_path / "none.jsonl"))


def test_a_link_that_is_no_web_address_is_left_out():
    take([json.dumps({"title": "Gout", "text": "Acid.", "url": "javascript:alert(1)"})])
    assert Article.objects.get().url == ""
