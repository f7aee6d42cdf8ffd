from imaging.models import Instance, Series, Study, Upload, UploadFile
from imaging.views import images, quarantine, studies, uploads
from medapp.accounts.actions import Action
from medapp.accounts.routes import View, guard
from medapp.records.models import Patient

READ, SEND, REVIEW = Action.IMAGE_READ, Action.IMAGE_UPLOAD, Action.QUARANTINE_REVIEW


def of_instance(pattern: str, view: View, name: str):  # type: ignore[no-untyped-def]
    """A picture: the view accounts for the read, once for a series instead of once for a slice."""
    return guard(
        f"instances/<uuid:pk>/{pattern}", view, action=READ, subject=Instance, audit=False, name=name
    )


def of_upload(pattern: str, view: View, name: str, audit: bool = True):  # type: ignore[no-untyped-def]
    return guard(f"uploads/<uuid:pk>/{pattern}", view, action=SEND, subject=Upload, audit=audit, name=name)


def of_file(pattern: str, view: View, name: str):  # type: ignore[no-untyped-def]
    return guard(f"quarantine/<uuid:pk>/{pattern}", view, action=REVIEW, subject=UploadFile, name=name)


urlpatterns = [
    guard("studies/", studies.studies, action=READ, name="studies"),
    guard("studies/<uuid:pk>/", studies.study, action=READ, subject=Study, name="study"),
    guard("series/<uuid:pk>/", studies.series, action=READ, subject=Series, name="series"),
    guard(
        "series/<uuid:pk>/frames.json",
        studies.series_frames,
        action=READ,
        subject=Series,
        audit=False,
        name="series-frames",
    ),
    of_instance("", studies.instance, "instance"),
    of_instance("panels", studies.instance_panels, "instance-panels"),
    of_instance("frames/<int:frame>/raw", images.raw, "instance-raw"),
    of_instance("frames/<int:frame>/image", images.image, "instance-image"),
    of_instance("thumbnail", images.thumbnail, "instance-thumbnail"),
    of_instance("file", images.original, "instance-file"),
    guard(
        "patients/<uuid:pk>/images/",
        studies.patient_images,
        action=READ,
        subject=Patient,
        name="patient-images",
    ),
    guard(
        "patients/<uuid:pk>/uploads/", uploads.to_patient, action=SEND, subject=Patient, name="patient-upload"
    ),
    guard("uploads/", uploads.without_patient, action=SEND, name="uploads"),
    of_upload("", uploads.upload, "upload"),
    of_upload("files", uploads.receive, "upload-files"),
    of_upload("verdicts", uploads.verdicts, "upload-verdicts", audit=False),  # asked again every second
    of_upload("cancel", uploads.cancel, "upload-cancel"),
    guard("quarantine/", quarantine.quarantine, action=REVIEW, name="quarantine"),
    of_file("", quarantine.quarantined_file, "quarantined-file"),
    of_file("release", quarantine.release, "quarantine-release"),
    of_file("discard", quarantine.discard, "quarantine-discard"),
]
