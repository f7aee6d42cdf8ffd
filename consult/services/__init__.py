"""Open a conversation, ask, stop, take an answer into the record; import knowledge."""

from consult.services.conversations import answer_again, ask, start_conversation, stop_answer
from consult.services.knowledge import embed_passages, import_articles, withdraw_source
from consult.services.notes import draft_note
from consult.states import settle_turn

__all__ = [
    "answer_again",
    "ask",
    "draft_note",
    "embed_passages",
    "import_articles",
    "settle_turn",
    "start_conversation",
    "stop_answer",
    "withdraw_source",
]
