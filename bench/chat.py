"""Tokens per second and time to the first token through the application, against the same model called directly.

A doctor asks a running clinic; the answer's events are read as a browser reads them. The peer streams the same
messages (same passages, same length) in this process, in turn with the questions. The claim: at least 0.9 of it.
Usage: bench/chat.py [--runs N]
"""

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.doctor import Doctor  # noqa: E402 - the path above comes first
from bench.report import Line, report  # noqa: E402
from tests.clinic import running_clinic  # noqa: E402

# As the chat worker has them (medapp/runtime/clinic.py): the peer is to differ in nothing but the application.
THREADS = {"MEDAPP_TORCH_THREADS": str(os.cpu_count() or 1)}

LEAST_TOKENS = 24
QUESTIONS = (
    "What are the signs of severe pneumonia in a child?",
    "When is metformin stopped in type 2 diabetes?",
    "Which drugs are used first for hypertension?",
    "How is iron deficiency anaemia confirmed and treated?",
    "What should be checked every year in chronic kidney disease?",
    "Which oxygen saturation is the target in COPD?",
)


@dataclass
class Timed:
    """One streamed answer: seconds to its first token, seconds from there to its last, its text."""

    first: float
    rest: float
    text: str


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2 * len(QUESTIONS))
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="medapp-bench-") as place, running_clinic(Path(place)) as clinic:
        os.environ.update(clinic.env)
        os.environ.update(THREADS)
        peer = Peer()
        doctor = Doctor(clinic.url, "doctor.smith")
        pairs = [_pair(doctor, peer, QUESTIONS[run % len(QUESTIONS)]) for run in range(-1, runs)][1:]
    count = peer.engine.count_tokens
    # A rate needs a stretch: an answer of five words says more about the clock than about the model.
    long = [pair for pair in pairs if min(count(one.text) for one in pair) >= LEAST_TOKENS]
    rates = [[(count(one.text) - 1) / one.rest for one in side] for side in zip(*long, strict=True)]
    firsts = [[one.first for one in side] for side in zip(*pairs, strict=True)]
    report(
        "chat",
        [
            Line("tokens per second", "tokens/s", rates[0], rates[1]),
            Line("time to the first token", "s", firsts[0], firsts[1], higher_is_better=False),
        ],
        "ours: from the question's request; the peer: from the call with the finished prompt",
    )


def _pair(doctor: Doctor, peer: "Peer", question: str) -> tuple[Timed, Timed]:
    return through_application(doctor, question), peer.answer(question)


def through_application(doctor: Doctor, question: str) -> Timed:
    opened = doctor.post("/consult/", {}, form_at="/consult/")
    place = opened.url.path
    started = time.perf_counter()
    page = doctor.post(f"{place}ask/", {"text": question}, form_at=place)
    stream_url = page.text.split('data-stream="')[1].split('"')[0]
    first = last = 0.0
    pieces = []
    with doctor.client.stream("GET", stream_url, headers={"Accept": "text/event-stream"}) as stream:
        for event, data in _events(stream.iter_lines()):
            if event == "end":
                break
            if event != "delta":
                continue
            last = time.perf_counter()
            first = first or last
            pieces.append(data["text"])
    return Timed(first - started, last - first, "".join(pieces))


def _events(lines: Any) -> Any:
    event = ""
    for line in lines:
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


class Peer:
    """The same engine and encoder, called directly."""

    def __init__(self) -> None:
        django.setup()  # not before the clinic's data folder is known
        engines = import_module("consult.engines")
        self._retrieve = import_module("consult.retrieval").retrieve
        self._most_tokens = import_module("consult.answer").MAX_TOKENS
        self._prompt_for = import_module("consult.prompting").prompt_for
        self.engine, self.encoder = engines.chat(), engines.encoder()

    def answer(self, question: str) -> Timed:
        found = self._retrieve(question, None, None, self.encoder)
        prompt = self._prompt_for(self.engine, question, found)
        started, first, pieces = time.perf_counter(), 0.0, []
        for piece in self.engine.stream(prompt.messages, max_tokens=self._most_tokens):
            first = first or time.perf_counter()
            pieces.append(piece)
        return Timed(first - started, time.perf_counter() - first, "".join(pieces))


if __name__ == "__main__":
    main()
