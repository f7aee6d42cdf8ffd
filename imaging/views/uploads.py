"""Files come in here: a whole form at once, or file by file from the page's script."""

from collections.abc import Iterator
from tempfile import TemporaryFile

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from imaging import presenters, queries, services
from imaging.errors import NoFilesError
from imaging.models import Upload
from imaging.services import Incoming
from imaging.views.common import page_of, user_of, wants_json
from medapp.errors import InvalidInputError, TooLargeError
from medapp.records.models import Patient

CHUNK_BYTES = 1 << 20
MOST_FILES = 1_000_000
VERDICT_ROWS = 500


@require_POST
def to_patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    return _begin(request, patient)


@require_http_methods(["GET", "POST"])
def without_patient(request: HttpRequest) -> HttpResponse:
    """GET: recent uploads and the form; POST: files that must name their patient themselves."""
    if request.method == "POST":
        return _begin(request, None)
    recent = queries.uploads_visible_to(user_of(request)).select_related("patient", "created_by")
    context = {"page": page_of(request, recent), "upload_url": reverse("uploads")}
    return render(request, "imaging/uploads.html", context)


def _begin(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    """From the script: an upload to send files to. From a form: the files are all here already."""
    if wants_json(request) and not request.FILES:
        return JsonResponse(_opened(_start(request, patient, _expected(request))), status=201)
    files = request.FILES.getlist("files")
    if not files:
        raise NoFilesError
    upload = _start(request, patient, len(files))
    incoming = (Incoming(file.name or "", file.file) for file in files)  # type: ignore[arg-type]
    services.receive_files(upload=upload, files=incoming, by=user_of(request), request=request)
    return redirect("upload", upload.pk)


def _start(request: HttpRequest, patient: Patient | None, expected: int | None) -> Upload:
    return services.start_upload(
        patient=patient, by=user_of(request), expected_files=expected, request=request
    )


def _expected(request: HttpRequest) -> int:
    text = request.POST.get("expected", "")
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= MOST_FILES:
        raise NoFilesError
    return int(text)


def _opened(upload: Upload) -> dict[str, str]:
    names = {
        "files": "upload-files",
        "verdicts": "upload-verdicts",
        "cancel": "upload-cancel",
        "page": "upload",
    }
    return {key: reverse(name, args=[upload.pk]) for key, name in names.items()}


@require_POST
def receive(request: HttpRequest, upload: Upload) -> HttpResponse:
    """One file as the request's body, its name in ``?name=``: no multipart, nothing held in memory."""
    name = request.GET.get("name", "")[:1000]
    if int(request.headers.get("Content-Length") or 0) > settings.MAX_UPLOAD_BYTES:
        raise TooLargeError(limit=f"{settings.MAX_UPLOAD_BYTES:,} B")
    with TemporaryFile(dir=settings.UPLOAD_DIR) as target:
        for chunk in _body(request):
            target.write(chunk)
        target.flush()
        files = [Incoming(name, target)]
        results = services.receive_files(upload=upload, files=files, by=user_of(request), request=request)
    return JsonResponse({"verdicts": [presenters.verdict(result) for result in results]})


def _body(request: HttpRequest) -> Iterator[bytes]:
    received = 0
    while chunk := request.read(CHUNK_BYTES):
        received += len(chunk)
        if received > settings.MAX_UPLOAD_BYTES:
            raise TooLargeError(limit=f"{settings.MAX_UPLOAD_BYTES:,} B")
        yield chunk
    if received != int(request.headers.get("Content-Length") or received):
        raise InvalidInputError(reason="the file arrived only in part")


@require_GET
def upload(request: HttpRequest, found: Upload) -> HttpResponse:
    """What became of each file."""
    files = found.files.select_related("instance__series__study")
    page = page_of(request, files)
    context = {
        "upload": found,
        "patient": found.patient,
        "page": page,
        "verdicts": [presenters.verdict(file) for file in page],
        "counts": presenters.counts(files),
    }
    return render(request, "imaging/upload.html", context)


@require_GET
def verdicts(request: HttpRequest, found: Upload) -> JsonResponse:
    """Progress while a ZIP is being taken apart: counts, and the verdicts after ``?after=``."""
    text = request.GET.get("after", "0")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    files = found.files.select_related("instance__series__study")
    rows = [presenters.verdict(file) for file in files[after : after + VERDICT_ROWS]]
    return JsonResponse({"expected": found.expected_files, "total": files.count(), "verdicts": rows})


@require_POST
def cancel(request: HttpRequest, upload: Upload) -> HttpResponse:
    found = services.cancel_upload(upload=upload, by=user_of(request), request=request)
    return JsonResponse({"cancelled": True}) if wants_json(request) else redirect("upload", found.pk)
