from medapp.accounts.actions import Action
from medapp.accounts.routes import guard
from medapp.jobs import views
from medapp.jobs.models import Job

urlpatterns = [
    guard("jobs/", views.job_list, action=Action.JOB_READ, name="jobs"),
    guard("jobs/events", views.events, action=Action.JOB_READ, name="job_events"),
    guard(
        "jobs/<uuid:job_id>/cancel", views.cancel, action=Action.JOB_MANAGE, name="job_cancel", subject=Job
    ),
    guard("jobs/<uuid:job_id>/retry", views.retry, action=Action.JOB_MANAGE, name="job_retry", subject=Job),
]
