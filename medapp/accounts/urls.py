from medapp.accounts import views
from medapp.accounts.actions import Action
from medapp.accounts.routes import guard

urlpatterns = [
    guard("me/", views.profile, action=Action.ACCOUNT_SELF, name="profile"),
    guard("me/token/", views.token, action=Action.API_KEY, name="api-token"),
]
