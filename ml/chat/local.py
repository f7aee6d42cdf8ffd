"""A chat model in this process: transformers, bfloat16, one answer at a time.

The decoding loop is our own: it hands out text after every token, asks `stop` before each, and
keeps the key-value cache between answers, so that a follow-up reads only what is new.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml import packs, shim, threads
from ml.chat.errors import ContextTooLong
from ml.chat.messages import Message, StopCheck
from ml.errors import DamagedPack
from ml.packs import Pack

os.environ["HF_HUB_OFFLINE"] = "1"
from tokenizers.decoders import DecodeStream
from transformers import AutoTokenizer, DynamicCache, LlamaForCausalLM

__all__ = ["LocalEngine", "load_local", "open_model", "shim"]

PREFILL_TOKENS = 256  # read at once; `stop` is asked in between
REPEAT_PENALTY = 1.1  # small models loop without one (Keskar et al. 2019)
REPEAT_WINDOW = 64
TOP_P = 0.9


def load_local(name: str | Path, context_tokens: int | None = None) -> "LocalEngine":
    """Open a chat pack by name or path; raises UnknownPack, DamagedPack or MissingBackbone."""
    pack = packs.read_pack(name)
    if pack.task != "chat" or pack.backbone is None:
        raise DamagedPack(pack.folder / "pack.json", "not a chat model")
    return open_model(pack, packs.verify_backbone(pack.backbone), None, context_tokens)


def open_model(
    pack: Pack, backbone: Path | None, device: str | None, context_tokens: int | None = None
) -> "LocalEngine":
    if backbone is None:
        raise DamagedPack(pack.folder / "pack.json", "a chat model needs a backbone")
    threads.apply()
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    net: Any = LlamaForCausalLM.from_pretrained(backbone, dtype=torch.bfloat16)
    return LocalEngine(pack, net.to(device).eval(), AutoTokenizer.from_pretrained(backbone), context_tokens)


class LocalEngine:
    """Implements ml.chat.Engine. Safe to share between threads; answers wait for one another."""

    def __init__(self, pack: Pack, net: Any, tokenizer: Any, context_tokens: int | None) -> None:
        self.pack = pack
        self.name, self.version = pack.name, pack.version
        self.context_tokens = min(
            context_tokens or net.config.max_position_embeddings, net.config.max_position_embeddings
        )
        self._net = net
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        self._read: list[int] = []  # the tokens whose keys and values the cache holds
        self._cache = DynamicCache(config=net.config)

    def check(self) -> None:
        """A loaded model is ready."""

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False).input_ids)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 384,
        temperature: float = 0.0,
        stop: StopCheck | None = None,
    ) -> Iterator[str]:
        """See ml.chat.Engine. Raises ContextTooLong when no token of an answer would fit."""
        prompt = self._prompt(messages)
        room = self.context_tokens - len(prompt)
        if room < 1:
            raise ContextTooLong(len(prompt), self.context_tokens)
        with self._lock:
            tokens = self._tokens(prompt, min(max_tokens, room), temperature, stop or _never)
            yield from self._text(tokens)

    def _prompt(self, messages: Sequence[Message]) -> list[int]:
        """The chat template's tokens. Control tokens typed by a user are broken up first."""
        plain = [{**message, "content": message["content"].replace("<|", "< |")} for message in messages]
        return self._tokenizer.apply_chat_template(
            plain, add_generation_prompt=True, tokenize=True, return_dict=True
        )["input_ids"]

    def _text(self, tokens: Iterator[int]) -> Iterator[str]:
        decoder = DecodeStream(skip_special_tokens=True)
        for token in tokens:
            # None while a character of several bytes is incomplete
            piece = decoder.step(self._tokenizer.backend_tokenizer, token)
            if piece:
                yield piece

    @torch.inference_mode()
    def _tokens(self, prompt: list[int], limit: int, temperature: float, stop: StopCheck) -> Iterator[int]:
        logits = self._prefill(prompt, stop)
        answer: list[int] = []
        while logits is not None and not stop():
            token = _choose(logits, answer, temperature)
            if token == self._net.config.eos_token_id:
                return
            answer.append(token)
            yield token
            if len(answer) >= limit:
                return
            logits = self._forward([token])

    def _prefill(self, prompt: list[int], stop: StopCheck) -> Tensor | None:
        """Logits after the prompt, or None when stopped; what the cache already holds is kept."""
        known = self._rewind(min(_common_prefix(self._read, prompt), len(prompt) - 1))
        logits = None
        for start in range(known, len(prompt), PREFILL_TOKENS):
            if stop():
                return None
            logits = self._forward(prompt[start : start + PREFILL_TOKENS])
        return logits

    def _rewind(self, known: int) -> int:
        """Forget all but the first `known` tokens; all, if an error left the cache out of step."""
        if self._cache.get_seq_length() != len(self._read):
            self._cache, self._read, known = DynamicCache(config=self._net.config), [], 0
        self._cache.crop(known - len(self._read))
        del self._read[known:]
        return known

    def _forward(self, tokens: list[int]) -> Tensor:
        """(vocabulary,) float32 logits after `tokens`, which join the cache."""
        ids = torch.tensor([tokens], device=self._net.device)
        out = self._net(input_ids=ids, cache=self._cache, use_cache=True, logits_to_keep=1)
        self._read.extend(tokens)
        return out.logits[0, -1].float()


def _never() -> bool:
    return False


def _common_prefix(left: list[int], right: list[int]) -> int:
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))


def _choose(logits: Tensor, answer: list[int], temperature: float) -> int:
    """The next token: the best one at temperature 0, else drawn from the top 0.9 of the mass."""
    recent = answer[-REPEAT_WINDOW:]
    if recent:
        score = logits[recent]
        logits[recent] = torch.where(score > 0, score / REPEAT_PENALTY, score * REPEAT_PENALTY)
    if temperature <= 0:
        return int(logits.argmax())
    best, order = torch.softmax(logits / temperature, dim=-1).sort(descending=True)
    best[best.cumsum(0) - best > TOP_P] = 0
    return int(order[torch.multinomial(best, 1)])
