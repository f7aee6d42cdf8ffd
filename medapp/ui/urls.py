"""The style guide, only mounted where DEBUG is on."""

from medapp.accounts.actions import Action
from medapp.accounts.routes import guard
from medapp.ui import views

urlpatterns = [guard("styleguide", views.styleguide, action=Action.PUBLIC, name="styleguide")]
