"""The remote engine against a real HTTP server on this machine, in health and in sickness."""

import logging
import socket
import threading

import pytest

from ml.chat import ChatConfig, ChatServerError, open_engine
from tests.ml.chat_stub import Script, chat_server, event

DONE = b"data: [DONE]\n\n"
ASK = [{"role": "user", "content": "secret question about 王小明"}]


def answer(script: Script, **options) -> list[str]:
    with chat_server(script) as address:
        engine = open_engine(ChatConfig(base_url=address, model="m", api_key="key-1", **options))
        return list(engine.stream(ASK, max_tokens=9))


def failure(script: Script, **options) -> ChatServerError:
    with pytest.raises(ChatServerError) as caught:
        answer(script, **options)
    return caught.value


def test_pieces_arrive_in_order_and_the_request_carries_what_was_asked():
    script = Script([event("血糖 "), event("8.2 [1]"), event("", "stop"), DONE])
    assert answer(script) == ["血糖 ", "8.2 [1]"]
    asked = script.asked[0]
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["model"], asked["max_tokens"], asked["stream"]) == ("m", 9, True)
    assert asked["messages"] == ASK
    assert script.headers[0]["Authorization"] == "Bearer key-1"


def test_a_character_split_between_packets_comes_out_whole():
    whole = event("心电图")
    cut = whole.index("心".encode()) + 1
    assert answer(Script([whole[:cut], whole[cut:], DONE])) == ["心电图"]


def test_comments_and_usage_events_are_no_text():
    usage = b'data: {"choices": [], "usage": {"total_tokens": 5}}\n\n'
    assert answer(Script([b": keep-alive\n\n", event("yes", "stop"), usage, DONE])) == ["yes"]


def test_a_finish_reason_ends_the_answer_where_done_is_not_sent():
    assert answer(Script([event("yes", "stop")])) == ["yes"]


def test_a_server_that_is_away_is_named_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    engine = open_engine(ChatConfig(base_url=address))
    with pytest.raises(ChatServerError) as caught:
        list(engine.stream(ASK))
    assert caught.value.code == "unreachable"
    assert caught.value.is_retriable


@pytest.mark.parametrize(
    ("status", "retriable"), [(500, True), (503, True), (429, True), (401, False), (404, False)]
)
def test_a_refusing_status_is_kept(status, retriable):
    error = failure(Script([b"secret body"], status=status))
    assert (error.code, error.status, error.is_retriable) == ("http-status", status, retriable)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"data: <html>\n\n",
        b"data: [1]\n\n",
        b'data: {"choices": 3}\n\n',
        b'data: {"choices": [{"delta": {"content": 5}}]}\n\n',
    ],
)
def test_what_is_no_answer_is_garbage(body):
    error = failure(Script([body, DONE]))
    assert error.code == "garbage"
    assert not error.is_retriable


def test_a_page_instead_of_events_is_cut_short():
    assert failure(Script([b"<html>welcome to the proxy</html>"])).code == "cut-short"


def test_a_stream_without_an_end_is_cut_short():
    assert failure(Script([event("half an ans")])).code == "cut-short"


def test_a_broken_connection_is_cut_short():
    assert failure(Script([event("half")], announce_more=True)).code == "cut-short"


def test_an_error_inside_the_stream_is_told():
    assert (
        failure(Script([event("a"), b'data: {"error": {"message": "out of memory"}}\n\n'])).code
        == "server-error"
    )


def test_a_silent_server_times_out():
    script = Script([event("a"), DONE], hold=threading.Event())
    assert failure(script, silent_seconds=0.1).code == "timeout"


def test_stop_ends_the_answer_without_an_error():
    script = Script([event("a"), event("b"), event("c"), DONE])
    heard: list[str] = []
    with chat_server(script) as address:
        engine = open_engine(ChatConfig(base_url=address))
        for piece in engine.stream(ASK, stop=lambda: len(heard) == 2):
            heard.append(piece)
    assert heard == ["a", "b"]


def test_check_asks_for_the_models():
    with chat_server(Script([b'{"data": []}'])) as address:
        open_engine(ChatConfig(base_url=address)).check()
    with chat_server(Script([b"hello"])) as address, pytest.raises(ChatServerError):
        open_engine(ChatConfig(base_url=address)).check()


def test_neither_prompt_nor_answer_nor_key_is_logged_or_shown(caplog):
    caplog.set_level(logging.DEBUG)
    answer(Script([event("private answer"), DONE]))
    for secret in ("王小明", "private answer", "key-1"):
        assert secret not in caplog.text
    assert "key-1" not in repr(ChatConfig(api_key="key-1"))


def test_token_estimate_is_not_below_a_real_tokenizer_on_chinese():
    engine = open_engine(ChatConfig(base_url="http://127.0.0.1:9/v1"))
    assert engine.count_tokens("高血压") == 3
    assert engine.count_tokens("blood pressure") == 5
