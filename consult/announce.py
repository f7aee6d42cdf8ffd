"""What the consultation announces to the rest of the house."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consult import answer, embedding, warming
from consult.demo import load_knowledge
from consult.models import Article, Citation, Conversation, Turn
from consult.queries import conversations_of
from medapp import plugs
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.presenters import register_sentence
from medapp.jobs.models import Job
from medapp.records.models import Patient

# What the accountability pages say of each move; the plain reading of a page is named by its own rule.
SENTENCES = {
    "consult.open": _("%(actor)s opened a consultation."),
    "consult.ask": _("%(actor)s asked the model a question."),
    "consult.red-flag": _("%(actor)s wrote a message that called a red-flag notice (%(red_flag)s)."),
    "consult.answer": _(
        "A model (%(model)s) answered %(actor)s from %(passages)s passages; "
        "%(statements)s sentences kept, %(struck)s struck."
    ),
    "consult.stop": _("%(actor)s stopped an answer of the model."),
    "consult.take": _("%(actor)s took an answer of the model into the record as a draft."),
}


def register() -> None:
    for action, sentence in SENTENCES.items():
        register_sentence(action, sentence)
    for model, label in (
        (Conversation, _("consultation")),
        (Turn, _("answer of a model")),
        (Citation, _("cited passage")),
        (Article, _("article")),
    ):
        plugs.record_links.register(plugs.RecordLink(model._meta.label_lower, label))
    plugs.menu_entries.register(
        plugs.MenuEntry("consult", _("Consultation"), "consult", Action.CONSULT_READ, order=40, shortcut="c")
    )
    plugs.menu_entries.register(
        plugs.MenuEntry(
            "knowledge", _("Knowledge"), "knowledge", Action.KNOWLEDGE_READ, order=45, shortcut="k"
        )
    )
    plugs.patient_tabs.register(
        plugs.PatientTab(
            "consult",
            _("Consultation"),
            "patient-consult",
            Action.CONSULT_READ,
            order=60,
            prefixes=("/consult/",),
        )
    )
    plugs.timeline_sources.register(
        plugs.TimelineSource("consult", _("Consultations"), Action.CONSULT_READ, _timeline)
    )
    plugs.job_kinds.register(
        plugs.JobKind(
            answer.ANSWER_KIND,
            "chat",
            answer.run,
            label=_("Consultation answer"),
            lease_seconds=20,
            retry_seconds=(1, 4),
            url=_page_of,
        )
    )
    plugs.job_kinds.register(
        plugs.JobKind(
            embedding.EMBED_KIND, "chat", embedding.run, label=_("Indexing knowledge"), lease_seconds=120
        )
    )
    plugs.job_kinds.register(
        plugs.JobKind(warming.WARM_KIND, "chat", warming.run, label=_("Getting the consultation ready"))
    )
    warming.connect()
    plugs.demo_steps.register(plugs.DemoStep("knowledge", _("Knowledge articles"), load_knowledge, order=60))


def _page_of(job: Job) -> str:
    return reverse("conversation", args=[job.group])


def _timeline(patient: Patient, user: User) -> Iterator[plugs.TimelineEntry]:
    for conversation in conversations_of(user, patient):
        yield plugs.TimelineEntry(
            at=conversation.created_at,
            kind="consult",
            title=_("Consultation with a model"),
            detail=conversation.title or "",
            url=reverse("conversation", args=[conversation.pk]),
            by=str(user),
        )
