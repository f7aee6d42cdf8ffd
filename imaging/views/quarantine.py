"""Files that wait for a person's word."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from imaging import presenters, queries, services
from imaging.errors import AlreadyResolvedError
from imaging.forms import ReleaseForm
from imaging.models import Instance, UploadFile
from imaging.services.quarantine import RELEASABLE, siblings
from imaging.views.common import page_of, user_of
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.errors import MedappError, NotFoundError


@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    page = page_of(request, queries.quarantine_visible_to(user_of(request)).order_by("-created_at"))
    context = {"page": page, "rows": presenters.quarantine_rows(page)}
    return render(request, "imaging/quarantine.html", context)


@require_GET
def quarantined_file(request: HttpRequest, file: UploadFile) -> HttpResponse:
    return _page(request, _waiting(file), ReleaseForm())


@require_POST
def release(request: HttpRequest, file: UploadFile) -> HttpResponse:
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, _waiting(file), form, status=400)
    try:
        patient = form.patient(user_of(request), file.patient)
        reason = form.cleaned_data["reason"]
        instances = services.release_file(
            file=_waiting(file), patient=patient, by=user_of(request), reason=reason, request=request
        )
    except MedappError as error:
        form.add_error(None, f"{error} {error.advice}".strip())
        return _page(request, file, form, status=error.http_status)
    count = len(instances)
    messages.success(
        request, ngettext("%(n)d image is stored.", "%(n)d images are stored.", count) % {"n": count}
    )
    return redirect("instance", instances[0].pk)


@require_POST
def discard(request: HttpRequest, file: UploadFile) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:300]
    services.discard_file(file=_waiting(file), by=user_of(request), reason=reason, request=request)
    messages.success(request, _("The file was set aside; its original is kept."))
    return redirect("quarantine")


def _waiting(file: UploadFile) -> UploadFile:
    """The file if it waits for a word; it never did (NotFoundError), or has got one (AlreadyResolvedError)."""
    if file.verdict != UploadFile.Verdict.QUARANTINED:
        raise NotFoundError
    if file.resolution:
        raise AlreadyResolvedError
    return file


def _page(request: HttpRequest, file: UploadFile, form: ReleaseForm, status: int = 200) -> HttpResponse:
    header = file.stored_header
    if file.patient is not None:
        form.fields["mrn"].widget = form.fields["mrn"].hidden_widget()
    context = {
        "row": presenters.quarantine_row(file),
        "header": header,
        "traits": presenters.comparison(header, file.patient) if header else [],
        "patient": file.patient,
        "form": form,
        "others": len(siblings(file)) - 1 if file.code in RELEASABLE else 0,
        "known": _known(request, file),
    }
    return render(request, "imaging/quarantined_file.html", context, status=status)


def _known(request: HttpRequest, file: UploadFile) -> Instance | None:
    """The stored image that the file collides with, if the reader may see it."""
    header = file.stored_header
    uid = header.sop_instance_uid if header else ""
    found = Instance.objects.filter(sop_instance_uid=uid).first()
    return found if found is not None and can(user_of(request), Action.IMAGE_READ, found) else None
