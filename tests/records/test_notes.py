import pytest
from django.db import IntegrityError, transaction

from medapp.audit.models import Event
from medapp.records import errors, services
from medapp.records.models import Note
from medapp.records.models.notes import NoteVersionChangedError
from medapp.records.services.notes import LONGEST_NOTE
from medapp.records.signals import note_written
from tests.factories import records


def test_write_note_when_new_then_a_draft_with_its_first_version(patient, owner):
    note = records.note(patient, owner, text="甲\r\n乙")
    assert (note.status, note.text, note.author) == ("draft", "甲\n乙", owner)
    assert [version.number for version in note.versions.all()] == [1]


def test_revise_note_when_draft_then_a_further_version(patient, owner, nurse):
    note = records.note(patient, owner)
    services.revise_note(note=note, text="改", title="t", by=nurse, based_on=1)
    versions = list(note.versions.order_by("number"))
    assert [version.text for version in versions] == ["咳嗽三天。\n无发热。", "改"]
    assert versions[1].by == nurse


def test_revise_note_when_somebody_saved_in_between_then_refused(patient, owner):
    note = records.note(patient, owner)
    services.revise_note(note=note, text="a", title="", by=owner, based_on=1)
    with pytest.raises(errors.NoteChangedError):
        services.revise_note(note=note, text="b", title="", by=owner, based_on=1)


def test_revise_note_when_signed_then_refused(patient, owner):
    note = records.signed_note(patient, owner)
    with pytest.raises(errors.NoteSignedError):
        services.revise_note(note=note, text="b", title="", by=owner)


def test_sign_note_when_draft_then_signed_with_name_and_time(patient, owner):
    note = records.signed_note(patient, owner)
    assert (note.status, note.signed_by) == ("signed", owner)
    assert note.signed_at is not None


def test_sign_note_when_signed_already_then_refused(patient, owner):
    note = records.signed_note(patient, owner)
    with pytest.raises(errors.NoteSignedError):
        services.sign_note(note=note, by=owner)


def test_amend_note_when_signed_then_the_signed_text_stays_as_a_version(patient, owner, colleague):
    note = records.signed_note(patient, owner, text="左肺")
    amended = services.amend_note(note=note, text="右肺", title="", reason="左右写错", by=colleague)
    assert (amended.status, amended.signed_by, amended.text) == ("amended", colleague, "右肺")
    assert [(v.text, v.is_amendment, v.reason) for v in note.versions.all()] == [
        ("左肺", False, ""),
        ("右肺", True, "左右写错"),
    ]


def test_amend_note_when_no_reason_then_refused(patient, owner):
    note = records.signed_note(patient, owner)
    with pytest.raises(errors.ReasonMissingError):
        services.amend_note(note=note, text="x", title="", reason=" ", by=owner)


def test_amend_note_when_draft_then_refused(patient, owner):
    with pytest.raises(errors.NoteUnsignedError):
        services.amend_note(note=records.note(patient, owner), text="x", title="", reason="r", by=owner)


def test_write_note_when_too_long_then_refused_with_the_limit(patient, owner):
    with pytest.raises(errors.NoteTooLongError) as refusal:
        records.note(patient, owner, text="长" * (LONGEST_NOTE + 1))
    assert "100,000" in str(refusal.value)
    assert Note.objects.count() == 0


def test_write_note_when_blank_then_refused(patient, owner):
    with pytest.raises(errors.NoteEmptyError):
        records.note(patient, owner, text=" \n ")


def test_version_when_saved_again_then_refused(patient, owner):
    version = records.note(patient, owner).versions.get()
    version.text = "other"
    with pytest.raises(NoteVersionChangedError):
        version.save()
    with pytest.raises(NoteVersionChangedError):
        version.delete()


def test_ai_draft_when_it_names_no_source_then_the_database_refuses(patient, owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        records.note(patient, owner, origin="ai-draft")


def test_write_note_when_done_then_text_is_neither_in_the_table_nor_in_the_audit(patient, owner):
    note = records.note(patient, owner, text="极其私密")
    stored = Note.objects.filter(pk=note.pk).extra(select={"raw": "text"}).values_list("raw", flat=True)[0]
    assert "极其私密" not in str(stored)
    assert all("极其私密" not in str(event.detail) for event in Event.objects.all())


def test_note_written_when_committed_then_told_with_note_and_writer(
    patient, owner, django_capture_on_commit_callbacks
):
    heard = []

    def receive(sender, note, by, **kwargs):
        heard.append((note.text, by))

    note_written.connect(receive)
    with django_capture_on_commit_callbacks(execute=True):
        records.note(patient, owner, text="told")
        records.note(patient, owner, text="quiet", is_quiet=True)
    note_written.disconnect(receive)
    assert heard == [("told", owner)]
