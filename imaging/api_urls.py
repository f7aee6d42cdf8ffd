from imaging import api
from imaging.models import Instance, Study
from medapp.accounts.actions import Action
from medapp.http.api import guard_api

READ = Action.IMAGE_READ

urlpatterns = [
    guard_api("studies/", api.StudyList, action=READ, name="api-studies"),
    guard_api("studies/<uuid:pk>/", api.StudyDetail, action=READ, subject=Study, name="api-study"),
    guard_api(
        "instances/<uuid:pk>/file", api.InstanceFile, action=READ, subject=Instance, name="api-instance-file"
    ),
]
