"""What the chat engine is asked: the question with its passages, and as much of the talk before as it can use."""

from collections.abc import Sequence

from consult import engines
from consult.models import Turn
from consult.passages import Found, reader_language
from ml.chat import Engine
from ml.chat.messages import Message
from ml.chat.prompts import Passage, Prompt, build_prompt

# The small model loses the question among many passages and repeats earlier turns (docs/experiments.md).
SMALL_PASSAGES = 3
SMALL_SYSTEM = (
    "You answer questions by repeating sentences of the passages. Use only words of the passages. Be brief."
)


def prompt_for(engine: Engine, question: str, found: Sequence[Found], earlier: Sequence[Turn] = ()) -> Prompt:
    """Build the prompt; ``found`` comes best first, ``earlier`` turns newest first."""
    is_small = engines.is_demonstration()
    given = found[:SMALL_PASSAGES] if is_small else found
    return build_prompt(
        question,
        [Passage(item.title, item.text) for item in given],
        language=reader_language(question),
        count=engine.count_tokens,
        context_tokens=engine.context_tokens,
        history=() if is_small else [_message(turn) for turn in reversed(earlier)],
        system=SMALL_SYSTEM if is_small else "",
    )


def _message(turn: Turn) -> Message:
    """An earlier answer is told without what was struck from it."""
    if turn.role == Turn.Role.USER:
        return Message(role="user", content=turn.text)
    kept = [one.lead + one.text for one in turn.statements.all() if not one.is_struck]
    return Message(role="assistant", content="".join(kept).strip() or "-")
