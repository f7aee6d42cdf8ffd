"""What can go wrong with a conversation's model; messages never carry prompts or answers."""

from ml.errors import ModelError


class ChatError(ModelError):
    """A chat model cannot answer."""


class ContextTooLong(ChatError):
    """The messages leave no room for an answer."""

    def __init__(self, tokens: int, limit: int) -> None:
        self.tokens = tokens
        self.limit = limit
        super().__init__(f"The conversation has {tokens} tokens; the model reads {limit}.")


class ChatServerError(ChatError):
    """The chat server failed.

    `code` is "unreachable", "timeout", "http-status", "garbage" (not the agreed protocol),
    "cut-short" (the stream ended before the answer did) or "server-error" (it said so itself).
    `is_retriable` tells whether the same question may succeed later.
    """

    def __init__(self, code: str, detail: str, status: int | None = None) -> None:
        self.code = code
        self.status = status
        super().__init__(f"Chat server: {code} ({detail})")

    @property
    def is_retriable(self) -> bool:
        if self.status is not None:
            return self.status in (408, 429) or self.status >= 500
        return self.code != "garbage"
