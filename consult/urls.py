from consult import views
from consult.models import Article, Citation, Conversation, Turn
from medapp.accounts.actions import Action
from medapp.accounts.routes import guard
from medapp.records.models import Patient

READ, USE = Action.CONSULT_READ, Action.CONSULT_USE

urlpatterns = [
    guard("consult/", views.conversations, action=READ, write=USE, name="consult"),
    guard(
        "patients/<uuid:patient_id>/consult/",
        views.patient_conversations,
        action=READ,
        write=USE,
        subject=Patient,
        name="patient-consult",
    ),
    guard("consult/<uuid:pk>/", views.conversation, action=READ, subject=Conversation, name="conversation"),
    guard("consult/<uuid:pk>/ask/", views.ask_question, action=USE, subject=Conversation, name="ask"),
    guard("consult/turns/<uuid:pk>/", views.turn, action=READ, subject=Turn, audit=False, name="turn"),
    guard(
        "consult/turns/<uuid:pk>/stream/",
        views.stream,
        action=READ,
        subject=Turn,
        audit=False,
        name="turn-stream",
    ),
    guard("consult/turns/<uuid:pk>/stop/", views.stop, action=USE, subject=Turn, name="turn-stop"),
    guard("consult/turns/<uuid:pk>/again/", views.again, action=USE, subject=Turn, name="turn-again"),
    guard("consult/turns/<uuid:pk>/note/", views.to_note, action=USE, subject=Turn, name="turn-note"),
    guard("consult/citations/<uuid:pk>/", views.citation, action=READ, subject=Citation, name="citation"),
    guard("knowledge/", views.knowledge, action=Action.KNOWLEDGE_READ, name="knowledge"),
    guard(
        "knowledge/<uuid:pk>/",
        views.article,
        action=Action.KNOWLEDGE_READ,
        subject=Article,
        name="knowledge-article",
    ),
]
