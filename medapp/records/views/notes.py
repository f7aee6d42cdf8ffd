"""Notes: list, read, write, revise, sign, amend, history."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.records import services
from medapp.records.diffs import changes
from medapp.records.forms import AmendmentForm, NoteForm
from medapp.records.models import Note, Patient
from medapp.records.queries import notes_of
from medapp.records.services.notes import LONGEST_NOTE, last_version
from medapp.records.views.common import answer_form, page_of, user_of
from medapp.typed import whole_number


def notes(request: HttpRequest, patient: Patient) -> HttpResponse:
    context = {
        "patient": patient,
        "page": page_of(request, notes_of(patient)),
        "may_write": can(user_of(request), Action.NOTE_WRITE, patient),
    }
    return render(request, "records/notes.html", context)


def note(request: HttpRequest, note: Note) -> HttpResponse:
    user = user_of(request)
    context = {
        "patient": note.patient,
        "note": note,
        "version": last_version(note),
        "attachments": note.attachments.filter(withdrawn_at__isnull=True),
        "panels": panels(note, request),
        "may_write": can(user, Action.NOTE_WRITE, note),
        "may_sign": can(user, Action.NOTE_SIGN, note),
    }
    return render(request, "records/note.html", context)


def panels(note: Note, request: HttpRequest) -> list[dict[str, Any]]:
    """Return what other departments draw beside a note."""
    user = user_of(request)
    return [
        {"key": plug.key, "template": plug.template, "data": plug.context(note, user)}
        for plug in plugs.subject_panels
        if plug.subject == "note" and can(user, Action(plug.action), note)
    ]


def write_note(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = NoteForm(request.POST or None, initial={"kind": Note.Kind.PROGRESS})

    def save() -> str:
        data = form.cleaned_data
        written = services.write_note(
            patient=patient,
            text=data["text"],
            title=data["title"],
            kind=data["kind"],
            by=user_of(request),
            request=request,
        )
        return reverse("note", args=[written.pk])

    return _editor(request, form, patient, save, _("New note"), reverse("notes", args=[patient.pk]))


def revise_note(request: HttpRequest, note: Note) -> HttpResponse:
    if note.is_signed:
        return redirect("note-amend", note.pk)
    initial = {"kind": note.kind, "title": note.title, "text": note.text, "based_on": last_version(note)}
    form = NoteForm(request.POST or None, initial=initial)

    def save() -> str:
        data = form.cleaned_data
        services.revise_note(
            note=note,
            text=data["text"],
            title=data["title"],
            kind=data["kind"],
            based_on=data["based_on"],
            by=user_of(request),
            request=request,
        )
        return reverse("note", args=[note.pk])

    return _editor(request, form, note.patient, save, _("Revise the draft"), reverse("note", args=[note.pk]))


def amend_note(request: HttpRequest, note: Note) -> HttpResponse:
    initial = {"title": note.title, "text": note.text, "based_on": last_version(note)}
    form = AmendmentForm(request.POST or None, initial=initial)

    def save() -> str:
        data = form.cleaned_data
        services.amend_note(
            note=note,
            text=data["text"],
            title=data["title"],
            reason=data["reason"],
            based_on=data["based_on"],
            by=user_of(request),
            request=request,
        )
        return reverse("note", args=[note.pk])

    title = _("Amend the signed note")
    return _editor(request, form, note.patient, save, title, reverse("note", args=[note.pk]))


def sign_note(request: HttpRequest, note: Note) -> HttpResponse:
    """POST signs the version that the page showed; GET goes to the page that asks."""
    if request.method == "POST":
        services.sign_note(
            note=note,
            by=user_of(request),
            based_on=whole_number(request.POST.get("based_on", "")),
            request=request,
        )
        messages.success(request, _("The note is signed. From now on it changes by amendment only."))
    return redirect("note", note.pk)


def history(request: HttpRequest, note: Note) -> HttpResponse:
    """Every version, newest first, each with what changed against the one before."""
    versions = list(note.versions.select_related("by").order_by("number"))
    before = [None, *versions[:-1]]
    compared = [
        {"version": version, "changes": changes(old.text if old else "", version.text)}
        for old, version in zip(before, versions, strict=True)
    ]
    context = {"patient": note.patient, "note": note, "compared": compared[::-1]}
    return render(request, "records/note_history.html", context)


def _editor(
    request: HttpRequest, form: NoteForm, patient: Patient, save: Any, title: str, landing: str
) -> HttpResponse:
    return answer_form(
        request,
        form,
        save=save,
        done=_("The note is saved."),
        title=title,
        patient=patient,
        landing=landing,
        template="records/note_form.html",
        longest=LONGEST_NOTE,
    )
