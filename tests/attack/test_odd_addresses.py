"""Addresses, headers and hidden fields that no page of ours would send: an answer below 500, every time."""

import pytest
from django.test import Client
from django.urls import reverse

from consult.stream import TurnEvents
from medapp.jobs.changes import JobChanges
from tests.factories import conversations, diagnosis, imaging, records

ODD = (
    "x" * 36,
    "9" * 5000,
    "²",
    "-1",
    "0x10",
    "\x00",
    "‮abc",
    "%00",
    "' OR 1=1 --",
    "{{7*7}}",
    "a\r\nX-Evil: 1",
)
LISTS = {
    "patients": ("q", "sort", "page"),
    "search": ("q",),
    "studies": ("q", "modality", "page"),
    "suggestions": ("status", "page"),
    "jobs": ("status", "page"),
    "uploads": ("page",),
    "quarantine": ("page",),
    "consult": ("page",),
    "knowledge": ("q", "page"),
    "api-patients": ("search", "limit", "offset"),
    "api-suggestions": ("status", "patient", "offset"),
    "api-studies": ("patient", "modality", "study_date", "study_instance_uid"),
    "api-jobs": ("status", "kind", "group"),
}
CASES = [(name, key) for name, keys in LISTS.items() for key in keys]


@pytest.mark.parametrize("name, key", CASES)
def test_list_when_asked_oddly_then_no_error_of_ours(browser, patient, name, key):
    statuses = {browser.get(reverse(name), {key: value}).status_code for value in ODD}

    assert statuses <= {200, 400}


@pytest.mark.parametrize("key", ["instance", "series"])
def test_study_when_asked_for_an_odd_image_then_it_shows_its_first(browser, doctor, key):
    study = imaging.make_instance(doctor).series.study

    statuses = {browser.get(reverse("study", args=[study.pk]), {key: value}).status_code for value in ODD}

    assert statuses <= {200, 400}


@pytest.mark.parametrize("key", ["kind", "until"])
def test_timeline_when_asked_oddly_then_no_error(browser, patient, key):
    address = reverse("timeline", args=[patient.pk])

    assert {browser.get(address, {key: value}).status_code for value in ODD} <= {200, 400}


@pytest.mark.parametrize("key", ["center", "width", "side", "format", "invert"])
def test_picture_when_asked_oddly_then_400(browser, doctor, key):
    address = reverse("instance-image", args=[imaging.make_instance(doctor).pk, 0])

    assert {browser.get(address, {key: value}).status_code for value in (*ODD, "1e308", "nan")} <= {200, 400}


@pytest.mark.parametrize("frame", [1, 10**9, 10**30])
def test_frame_that_is_none_then_404_or_422(browser, doctor, frame):
    address = reverse("instance-raw", args=[imaging.make_instance(doctor).pk, 0]).replace("/0/", f"/{frame}/")

    assert browser.get(address).status_code in (404, 422)


@pytest.mark.parametrize(
    "value", [f"bytes={'9' * 5000}-", f"bytes=-{'9' * 5000}", "bytes=٣-٤", "bytes=5-1", "lines=1-"]
)
def test_range_when_odd_then_the_file_or_416(browser, doctor, patient, value):
    address = reverse("attachment", args=[records.attachment(patient, doctor).pk])

    assert browser.get(address, headers={"range": value}).status_code in (200, 206, 416)


@pytest.mark.parametrize("value", ODD)
def test_signature_when_its_version_is_odd_then_no_error(browser, doctor, patient, value):
    note = diagnosis.note(patient, doctor)

    assert browser.post(reverse("note-sign", args=[note.pk]), {"based_on": value}).status_code in (
        302,
        400,
        409,
    )


@pytest.mark.parametrize("value", ODD)
def test_decision_when_its_fields_are_odd_then_no_error(browser, patient, value):
    suggestion = diagnosis.suggestion(patient)
    fields = dict.fromkeys(("verdict", "label", "reason_code", "reason_text", "standing"), value)

    assert browser.post(reverse("suggestion-decide", args=[suggestion.pk]), fields).status_code in (400, 409)


@pytest.mark.parametrize("value", ODD)
def test_upload_when_its_count_is_odd_then_400(browser, patient, value):
    answer = browser.post(
        reverse("patient-upload", args=[patient.pk]),
        {"expected": value},
        headers={"accept": "application/json"},
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "value", [*ODD, "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "-" * 9999]
)
def test_streams_when_their_last_event_is_odd_then_they_go_on(doctor, patient, value):
    turn = conversations.answer(conversations.conversation(doctor, patient))

    assert TurnEvents(turn, doctor)(value)
    assert isinstance(JobChanges(doctor, "en")(value), list)


@pytest.mark.parametrize("host", ["evil.example", "localhost:99999", "a b", "localhost\x00"])
def test_page_when_the_host_is_foreign_then_400(db, host):
    assert Client(raise_request_exception=False).get("/", headers={"host": host}).status_code in (302, 400)


@pytest.mark.parametrize(
    "path", ["/patients/%00/", "/admin/records/importrun/%00/change/", "/patients/?q=%00"]
)
def test_page_when_the_address_holds_a_nul_then_400(browser, path):
    assert browser.get(path).status_code == 400


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "theme"])
def test_page_when_a_cookie_is_odd_then_no_error(db, name):
    browser = Client(raise_request_exception=False)
    browser.cookies[name] = "<script>'\"" * 200

    answer = browser.get("/account/login/")

    assert answer.status_code == 200
    assert "<script>'" not in answer.content.decode()
