from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from medapp.records.models import ImportRun


class StartForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What the file holds"), choices=ImportRun.Kind, widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("UTF-8 or GB18030; comma, semicolon or tab; at most 20,000 rows and 32 MiB."),
    )
