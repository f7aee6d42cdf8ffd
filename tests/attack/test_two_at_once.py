"""Two people, one click each, in the same moment: one of them wins, the other is told."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from diagnosis.models import BatchRun, Decision, Suggestion
from medapp.accounts.models import BreakGlass
from medapp.records.models import Condition, Note, Patient
from tests.accounts.subjects import glass
from tests.attack.conftest import signed_in
from tests.factories import accounts, diagnosis

pytestmark = pytest.mark.django_db(transaction=True)


def together(*moves: Callable[[], Any]) -> list[int]:
    """Make the moves in threads that start at once; return the sorted statuses of their answers."""
    barrier, statuses = Barrier(len(moves)), []

    def run(move: Callable[[], Any]) -> None:
        barrier.wait(5)
        try:
            statuses.append(move().status_code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


@pytest.fixture
def pair():
    return accounts.user(), accounts.user()


@pytest.fixture
def shared(pair):
    return accounts.patient(list(pair))


def test_two_decisions_on_one_suggestion(pair, shared):
    suggestion = diagnosis.suggestion(shared)
    address = reverse("suggestion-decide", args=[suggestion.pk])
    accept, reject = {"verdict": "accept"}, {"verdict": "reject", "reason_code": "artefact"}
    first, second = (signed_in(user) for user in pair)

    statuses = together(lambda: first.post(address, accept), lambda: second.post(address, reject))

    assert statuses == [302, 409]
    standing = Decision.objects.get(superseded_at=None)
    assert Suggestion.objects.get().status == {"accept": "accepted", "reject": "rejected"}[standing.verdict]
    assert Condition.objects.count() == (standing.verdict == "accept")


def test_two_signatures_on_one_note(pair, shared):
    note = diagnosis.note(shared, pair[0])
    address = reverse("note-sign", args=[note.pk])
    first, second = (signed_in(user) for user in pair)

    statuses = together(lambda: first.post(address), lambda: second.post(address))

    assert statuses == [302, 409]
    assert Note.objects.get().signed_by in pair


def test_two_revisions_of_one_draft(pair, shared):
    note = diagnosis.note(shared, pair[0])
    address, form = (
        reverse("note-revise", args=[note.pk]),
        {"kind": "progress", "title": "t", "based_on": "1"},
    )
    first, second = (signed_in(user) for user in pair)

    statuses = together(
        lambda: first.post(address, form | {"text": "one"}),
        lambda: second.post(address, form | {"text": "two"}),
    )

    assert statuses == [302, 409]
    assert Note.objects.get().versions.count() == 2


def test_two_reviews_of_one_opening(pair, shared):
    opened = glass(shared, pair[0])
    address = reverse("break-glass-review", args=[opened.pk])
    first, second = (signed_in(accounts.user("privacy_officer")) for _time in range(2))

    statuses = together(
        lambda: first.post(address, {"finding": "justified"}),
        lambda: second.post(address, {"finding": "unjustified"}),
    )

    assert statuses == [302, 409]
    assert BreakGlass.objects.get().finding


def test_two_patients_with_one_number(pair):
    form = {"mrn": "SAME", "name_zh": "张三", "sex": "male", "birth_date": "1990-01-01", "language": "en"}
    first, second = (signed_in(user) for user in pair)

    statuses = together(*(lambda b=b: b.post(reverse("patient-new"), form) for b in (first, second)))

    assert statuses == [302, 409]
    assert Patient.objects.filter(mrn="SAME").count() == 1


def test_one_batch_started_twice(pair):
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    manager = accounts.user("data_manager")
    browsers = [signed_in(manager) for _time in range(2)]

    def start(browser):
        file = SimpleUploadedFile("t.csv", b"text\ncough\n")
        return browser.post(reverse("batch"), {"model": "zh-department", "table": file})

    statuses = together(*(lambda b=b: start(b) for b in browsers))

    assert statuses == [302, 302]
    assert BatchRun.objects.count() == 1
