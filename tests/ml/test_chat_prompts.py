import pytest

from ml.chat.prompts import NO_PASSAGES, SYSTEM, Passage, build_prompt, cut_to

PASSAGES = [Passage("Lab 2024", "HbA1c 8.2 %"), Passage("Note", "metformin 500 mg")]


def words(text: str) -> int:
    return len(text.split())


def prompt(question="How is the sugar?", passages=PASSAGES, language="en", room=2048, **rest):
    return build_prompt(question, passages, language=language, count=words, context_tokens=room, **rest)


def size(built) -> int:
    return sum(words(message["content"]) for message in built.messages)


def test_passages_are_numbered_before_the_question():
    text = prompt().messages[-1]["content"]
    assert text.index("[1] Lab 2024: HbA1c 8.2 %") < text.index("[2] Note") < text.index("How is the sugar?")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_system_text_speaks_the_readers_language(language):
    assert prompt(language=language).messages[0]["content"] == SYSTEM[language[:2]]


def test_a_prompt_without_passages_says_so():
    built = prompt(passages=[])
    assert built.used == 0
    assert NO_PASSAGES["en"] in built.messages[-1]["content"]


@pytest.mark.parametrize("room", [400, 2048])
def test_everything_fits_with_room_for_the_answer(room):
    many = [Passage("t", "word " * 50)] * 60
    turns = [{"role": role, "content": "old " * 40} for role in ("user", "assistant")] * 20
    built = prompt("why " * 3000, many, room=room, history=turns)
    assert size(built) <= room * 0.75
    assert built.question_was_cut


def test_whole_passages_are_left_out_from_the_end():
    built = prompt(passages=[Passage("t", "word " * 60)] * 30, room=600)
    assert 0 < built.used < 30
    assert f"[{built.used}]" in built.messages[-1]["content"]
    assert f"[{built.used + 1}]" not in built.messages[-1]["content"]


def test_the_newest_turns_stay_and_begin_with_a_question():
    turns = [{"role": r, "content": f"{n} " + "x " * 60} for n in range(9) for r in ("user", "assistant")]
    built = prompt(history=turns, room=700)
    kept = built.messages[1:-1]
    assert kept[0]["role"] == "user"
    assert kept == turns[-len(kept) :]
    assert built.turns_left_out == len(turns) - len(kept) > 0


def test_a_cut_text_is_marked_and_a_short_one_untouched():
    assert cut_to("a b c", 3, words) == "a b c"
    assert cut_to("a b c d e", 3, words).endswith("…")
    assert words(cut_to("a b c d e", 3, words)) <= 3
