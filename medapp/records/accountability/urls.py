from medapp.accounts.actions import Action
from medapp.accounts.models import BreakGlass
from medapp.accounts.routes import guard
from medapp.records.accountability import views
from medapp.records.models import Patient

READ, REVIEW = Action.AUDIT_READ, Action.BREAK_GLASS_REVIEW

urlpatterns = [
    guard("accountability/", views.start, action=READ, name="accountability"),
    guard("accountability/log/", views.log, action=READ, name="accountability-log"),
    guard("accountability/log/events.csv", views.log_csv, action=READ, name="accountability-log-csv"),
    guard("accountability/verify/", views.verify, action=READ, name="accountability-verify"),
    guard(
        "accountability/patients/<uuid:patient_id>/",
        views.patient_trail,
        action=READ,
        name="accountability-patient",
        subject=Patient,
    ),
    guard(
        "accountability/patients/<uuid:patient_id>/events.csv",
        views.patient_csv,
        action=READ,
        name="accountability-patient-csv",
        subject=Patient,
        audit=False,  # the service notes the export itself, with its size
    ),
    guard(
        "accountability/break-glass/<uuid:glass_id>/",
        views.review,
        action=REVIEW,
        name="break-glass-review",
        subject=BreakGlass,
    ),
]
