from medapp.accounts.actions import Action
from medapp.http.api import guard_api
from medapp.jobs import api
from medapp.jobs.models import Job

urlpatterns = [
    guard_api("jobs/", api.JobList, action=Action.JOB_READ, name="api-jobs"),
    guard_api("jobs/<uuid:pk>/", api.JobDetail, action=Action.JOB_READ, subject=Job, name="api-job"),
    guard_api(
        "jobs/<uuid:pk>/cancel/", api.JobCancel, action=Action.JOB_MANAGE, subject=Job, name="api-job-cancel"
    ),
    guard_api(
        "jobs/<uuid:pk>/retry/", api.JobRetry, action=Action.JOB_MANAGE, subject=Job, name="api-job-retry"
    ),
]
