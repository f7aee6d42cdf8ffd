from medapp.accounts.actions import Action
from medapp.accounts.routes import guard
from medapp.registry import views
from medapp.registry.models import ModelVersion

urlpatterns = [
    guard("models/", views.model_list, action=Action.MODEL_READ, name="models"),
    guard(
        "models/<uuid:version_id>/",
        views.model_detail,
        action=Action.MODEL_READ,
        name="model_detail",
        subject=ModelVersion,
    ),
]
