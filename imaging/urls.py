from imaging.models import Instance, Series, Study
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
    guard("uploads/<uuid:upload_id>/", uploads.upload, action=SEND, name="upload"),
    guard("uploads/<uuid:upload_id>/files", uploads.receive, action=SEND, name="upload-files"),
    guard("uploads/<uuid:upload_id>/verdicts", uploads.verdicts, action=SEND, name="upload-verdicts"),
    guard("uploads/<uuid:upload_id>/cancel", uploads.cancel, action=SEND, name="upload-cancel"),
    guard("quarantine/", quarantine.quarantine, action=REVIEW, name="quarantine"),
    guard("quarantine/<uuid:file_id>/", quarantine.quarantined_file, action=REVIEW, name="quarantined-file"),
    guard("quarantine/<uuid:file_id>/release", quarantine.release, action=REVIEW, name="quarantine-release"),
    guard("quarantine/<uuid:file_id>/discard", quarantine.discard, action=REVIEW, name="quarantine-discard"),
]
