import pytest
from django.urls import reverse

from medapp.records.models import Note
from tests.factories import accounts, records


def post(client, user, url, **data):
    client.force_login(user)
    return client.post(url, data)


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("note", "owner", 200),
        ("note", "nurse", 200),
        ("note", "colleague", 404),
        ("note", "manager", 404),
        ("note-history", "owner", 200),
        ("note-history", "colleague", 404),
        ("note-revise", "owner", 200),
        ("note-revise", "nurse", 200),
        ("note-revise", "colleague", 404),
        ("note-amend", "owner", 200),
        ("note-amend", "nurse", 404),
        ("note-sign", "nurse", 404),
        ("note-sign", "colleague", 404),
    ],
)
def test_note_page_when_opened_then_by_right(client, request, patient, owner, name, who, status):
    note = records.note(patient, owner)
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(name, args=[note.pk])).status_code == status


def test_write_when_posted_then_a_draft_and_its_page(client, owner, patient):
    url = reverse("note-new", args=[patient.pk])
    response = post(client, owner, url, kind="progress", title="第一天", text="病情平稳")
    note = Note.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, reverse("note", args=[note.pk]))
    assert note.text == "病情平稳"


def test_write_when_one_megabyte_then_refused_and_nothing_typed_is_lost(client, owner, patient):
    text = "a" * 1_000_000
    url = reverse("note-new", args=[patient.pk])
    response = post(client, owner, url, kind="progress", title="long", text=text)
    page = response.content.decode()
    assert response.status_code == 413
    assert "100,000" in page
    assert text in page
    assert Note.objects.count() == 0


def test_write_when_empty_then_the_form_comes_back(client, owner, patient):
    response = post(client, owner, reverse("note-new", args=[patient.pk]), kind="progress", title="", text="")
    assert response.status_code == 400


def test_write_when_colleague_posts_then_nothing_is_written(client, colleague, patient):
    url = reverse("note-new", args=[patient.pk])
    assert post(client, colleague, url, kind="progress", text="x").status_code == 404
    assert Note.objects.count() == 0


def test_revise_when_somebody_saved_in_between_then_told_and_kept(client, owner, patient):
    note = records.note(patient, owner)
    url = reverse("note-revise", args=[note.pk])
    post(client, owner, url, kind="progress", title="", text="theirs", based_on=1)
    response = post(client, owner, url, kind="progress", title="", text="mine", based_on=1)
    assert response.status_code == 409
    assert "mine" in response.content.decode()


def test_revise_when_signed_then_sent_to_the_amendment(client, owner, patient):
    note = records.signed_note(patient, owner)
    client.force_login(owner)
    response = client.get(reverse("note-revise", args=[note.pk]))
    assert (response.status_code, response.headers["Location"]) == (
        302,
        reverse("note-amend", args=[note.pk]),
    )


def test_sign_when_posted_then_signed(client, owner, patient):
    note = records.note(patient, owner)
    assert post(client, owner, reverse("note-sign", args=[note.pk]), based_on="1").status_code == 302
    note.refresh_from_db()
    assert (note.status, note.signed_by) == ("signed", owner)


def test_sign_when_the_page_showed_an_older_version_then_refused(client, owner, patient):
    note = records.note(patient, owner)
    post(
        client,
        owner,
        reverse("note-revise", args=[note.pk]),
        kind="progress",
        title="",
        text="new",
        based_on=1,
    )
    assert post(client, owner, reverse("note-sign", args=[note.pk]), based_on="1").status_code == 409


def test_sign_when_only_opened_then_nothing_is_signed(client, owner, patient):
    note = records.note(patient, owner)
    client.force_login(owner)
    client.get(reverse("note-sign", args=[note.pk]))
    note.refresh_from_db()
    assert note.status == "draft"


def test_history_when_amended_then_shows_what_changed_and_why(client, owner, patient):
    note = records.signed_note(patient, owner, text="左肺湿啰音")
    url = reverse("note-amend", args=[note.pk])
    post(client, owner, url, title="", text="右肺湿啰音", reason="左右写错", based_on=1)
    page = client.get(reverse("note-history", args=[note.pk])).content.decode()
    assert "<del>左</del>" in page
    assert "<ins>右</ins>" in page
    assert "左右写错" in page


def test_worklist_when_a_draft_waits_then_listed_for_its_author_only(client, owner, patient):
    records.note(patient, owner, title="待签病程")
    other = accounts.user()
    accounts.join(patient, other)
    client.force_login(owner)
    assert "待签病程" in client.get("/").content.decode()
    client.force_login(other)
    assert "待签病程" not in client.get("/").content.decode()
