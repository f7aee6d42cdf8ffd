from diagnosis import views
from diagnosis.batch import views as batch
from diagnosis.models import BatchRun, Suggestion
from imaging.models import Instance
from medapp.accounts.actions import Action
from medapp.accounts.routes import guard
from medapp.records.models import Note, Patient

READ, ASK = Action.SUGGESTION_READ, Action.SUGGESTION_REQUEST

urlpatterns = [
    guard("suggestions/", views.suggestions, action=READ, name="suggestions"),
    guard(
        "patients/<uuid:patient_id>/suggestions/",
        views.patient_suggestions,
        action=READ,
        subject=Patient,
        name="patient-suggestions",
    ),
    guard("suggestions/<uuid:pk>/", views.suggestion, action=READ, subject=Suggestion, name="suggestion"),
    guard(
        "suggestions/<uuid:pk>/decide/",
        views.decide,
        action=Action.SUGGESTION_DECIDE,
        subject=Suggestion,
        name="suggestion-decide",
    ),
    guard(
        "suggestions/<uuid:pk>/override/",
        views.override,
        action=Action.SCOPE_OVERRIDE,
        subject=Suggestion,
        name="suggestion-override",
    ),
    guard(
        "suggestions/<uuid:pk>/heat-map.png",
        views.heat_map,
        action=READ,
        subject=Suggestion,
        name="suggestion-heat-map",
    ),
    guard(
        "suggestions/<uuid:pk>/report.pdf",
        views.report,
        action=Action.REPORT_EXPORT,
        subject=Suggestion,
        name="suggestion-report",
    ),
    guard(
        "instances/<uuid:pk>/suggestions/",
        views.instance_panel,
        action=READ,
        subject=Instance,
        audit=False,
        name="instance-suggestions",
    ),
    guard(
        "notes/<uuid:pk>/suggestions/",
        views.note_panel,
        action=READ,
        subject=Note,
        audit=False,
        name="note-suggestions",
    ),
    guard(
        "instances/<uuid:pk>/predict/",
        views.request_for_instance,
        action=ASK,
        subject=Instance,
        name="instance-predict",
    ),
    guard("notes/<uuid:pk>/predict/", views.request_for_note, action=ASK, subject=Note, name="note-predict"),
    guard("batch/", batch.runs, action=Action.BATCH_READ, write=Action.BATCH_RUN, name="batch"),
    guard("batch/<uuid:pk>/", batch.run, action=Action.BATCH_READ, subject=BatchRun, name="batch-run"),
    guard(
        "batch/<uuid:pk>/result.csv",
        batch.result,
        action=Action.BATCH_READ,
        subject=BatchRun,
        name="batch-run-result",
    ),
    guard(
        "batch/<uuid:pk>/cancel/",
        batch.cancel,
        action=Action.BATCH_RUN,
        subject=BatchRun,
        name="batch-run-cancel",
    ),
]
