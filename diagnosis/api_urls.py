from diagnosis import api
from diagnosis.models import BatchRun, Suggestion
from medapp.accounts.actions import Action
from medapp.http.api import guard_api

READ = Action.SUGGESTION_READ

urlpatterns = [
    guard_api("suggestions/", api.SuggestionList, action=READ, name="api-suggestions"),
    guard_api(
        "suggestions/<uuid:pk>/", api.SuggestionDetail, action=READ, subject=Suggestion, name="api-suggestion"
    ),
    guard_api(
        "suggestions/<uuid:pk>/decisions/",
        api.Decisions,
        action=READ,
        write=Action.SUGGESTION_DECIDE,
        subject=Suggestion,
        name="api-decisions",
    ),
    guard_api(
        "batch-runs/", api.BatchRuns, action=Action.BATCH_READ, write=Action.BATCH_RUN, name="api-batch-runs"
    ),
    guard_api(
        "batch-runs/<uuid:pk>/",
        api.BatchRunDetail,
        action=Action.BATCH_READ,
        subject=BatchRun,
        name="api-batch-run",
    ),
    guard_api(
        "batch-runs/<uuid:pk>/result.csv",
        api.BatchRunResult,
        action=Action.BATCH_READ,
        subject=BatchRun,
        name="api-batch-run-result",
    ),
]
