from medapp.accounts.actions import Action
from medapp.http.api import guard_api
from medapp.records import api
from medapp.records.models import Patient

urlpatterns = [
    guard_api("patients/", api.PatientList, action=Action.CHART_READ, name="api-patients"),
    guard_api(
        "patients/<uuid:pk>/",
        api.PatientDetail,
        action=Action.CHART_READ,
        subject=Patient,
        name="api-patient",
    ),
]
