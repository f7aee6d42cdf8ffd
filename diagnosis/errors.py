"""Refusals of the diagnosis department."""

from django.utils.translation import gettext_lazy as _

from medapp.errors import ConflictError, InvalidInputError, Permanent


class AlreadyDecidedError(ConflictError):
    code = "already-decided"
    message = _("%(name)s has already decided on this suggestion.")
    hint = _("Reload the page. A changed mind is a new decision, which you can take from there.")


class AbstentionError(ConflictError):
    code = "abstention"
    message = _("The model did not assess this input, so there is nothing to accept.")
    hint = _("Write your own finding, or have the input scored all the same if you may.")


class ReasonMissingError(InvalidInputError):
    code = "reason-missing"
    message = _("A change or a rejection needs a reason.")
    hint = _("Choose one of the reasons; with “other” add a line of your own.")


class UnknownLabelError(InvalidInputError):
    code = "unknown-label"
    message = _("The model does not know this finding.")
    hint = _("Choose one from the list.")


class ConsentWithdrawnError(Permanent):
    code = "consent-withdrawn"
    http_status = 409
    message = _("The patient does not agree that models read the record.")
    hint = _("Nothing was sent to a model. Consent is changed on the patient’s page.")


class UnsuitableModelError(Permanent):
    code = "unsuitable-model"
    http_status = 422
    message = _("The model “%(name)s” cannot read this kind of input.")
    hint = _("Choose a model whose task fits; the list of models says what each reads.")


class UnusableTableError(InvalidInputError):
    code = "unusable-table"
    message = _("The table cannot be used: %(reason)s")
    hint = _("It needs a column “text”, or “title” and “question”, with one row for each text.")
