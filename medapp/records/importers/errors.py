"""Why a whole file cannot be imported."""

from django.utils.translation import gettext_lazy as _

from medapp.errors import InvalidInputError, TooLargeError


class UnknownColumnsError(InvalidInputError):
    code = "unknown-columns"
    message = _("The first row does not name the columns that are needed.")
    hint = _("Compare it with the list of columns, or start from the template.")


class TooManyRowsError(TooLargeError):
    code = "too-many-rows"
    message = _("The file has too many rows for one import.")
    hint = _("Split it into files of at most 20,000 rows; rows that come twice are recognised.")


REFUSALS = {error.code: error for error in (UnknownColumnsError, TooManyRowsError)}
