"""Open a conversation, ask, stop, take an answer into the record; import knowledge."""

from consult.services.conversations import ask, draft_note, settle_turn, start_conversation, stop_answer
from consult.services.knowledge import embed_passages, import_articles, withdraw_source

__all__ = [
    "ask",
    "draft_note",
    "embed_passages",
    "import_articles",
    "settle_turn",
    "start_conversation",
    "stop_answer",
    "withdraw_source",
]
