"""Which words spoke for a label: integrated gradients over the word vectors, summed by word.

Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks"; captum. The path runs from a
text of padding to the text; tests hold it to the weights and to what deleting the words does.
"""

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import torch
from captum.attr import IntegratedGradients
from tokenizers import Encoding

from ml.engines.tokens import PAD, pad
from ml.nets.bert_classifier import BertClassifier
from ml.outputs import Attribution
from ml.paths import models_dir

STEPS = 8  # twice as many explain no better: docs/experiments.md
STEPS_AT_ONCE = 8
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_LETTERS = r"[^\W_\u3400-\u9fff\uf900-\ufaff]+"
_WORD = re.compile(rf"{_CHINESE.pattern}|{_LETTERS}(?:['’.\-]{_LETTERS})*")
Span = tuple[int, int]


def attribute_words(
    net: BertClassifier,
    encoding: Encoding,
    text: str,
    shift: int,
    target: int,
    device: torch.device | str = "cpu",
) -> list[Attribution]:
    """Words of `text` in order, weights scaled so that the largest is 1 or -1.

    `encoding` is of a prefix of `shift` characters and the text; `target` is the label's place.
    """
    weights = token_weights(net, encoding, target, device)
    spans = [(start - shift, end - shift) for start, end in encoding.offsets]
    words = list(split_words(text))
    sums = _sum_by_word(words, spans, weights)
    largest = max((abs(value) for value in sums), default=0.0) or 1.0
    return [
        Attribution(start, end, text[start:end], value / largest)
        for (start, end), value in zip(words, sums, strict=True)
    ]


def token_weights(
    net: BertClassifier, encoding: Encoding, target: int, device: torch.device | str = "cpu"
) -> list[float]:
    """How much each token moves the target's logit against the mean of the others."""
    bucket = pad([encoding], [0], device)
    words = net.encoder.words(bucket.ids).detach()
    plain = torch.tensor(encoding.special_tokens_mask, dtype=torch.bool, device=device)
    baseline = torch.where(plain[None, :, None], words, net.encoder.words(torch.full_like(bucket.ids, PAD)))

    def margin(vectors: torch.Tensor) -> torch.Tensor:
        logits = net.read(vectors, bucket.mask.expand(len(vectors), -1)).logits
        return logits[:, target] - logits.mean(dim=1)

    found = IntegratedGradients(margin).attribute(
        words, baseline, n_steps=STEPS, internal_batch_size=STEPS_AT_ONCE
    )
    return [float(value) for value in found[0].sum(dim=-1)]


def split_words(text: str) -> Iterator[Span]:
    """Where the words of a text are: Chinese by dictionary, the rest by letters and digits."""
    for match in _WORD.finditer(text):
        if not _CHINESE.fullmatch(match.group()):
            yield match.span()
            continue
        for _, start, end in _segmenter().tokenize(match.group()):
            yield match.start() + start, match.start() + end


@cache
def _segmenter() -> Any:
    import jieba  # a second to load its dictionary

    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    models_dir().mkdir(parents=True, exist_ok=True)
    segmenter.tmp_dir = str(models_dir())  # its cache is read back as code-like data: never from /tmp
    return segmenter


def _sum_by_word(words: list[Span], tokens: list[Span], weights: list[float]) -> list[float]:
    """A token over several words is shared by the characters in each."""
    sums = [0.0] * len(words)
    first = 0
    for (start, end), weight in zip(tokens, weights, strict=True):
        while first < len(words) and words[first][1] <= start:
            first += 1
        shares = []
        for place in range(first, len(words)):
            if words[place][0] >= end:
                break
            shares.append((place, min(end, words[place][1]) - max(start, words[place][0])))
        covered = sum(share for _, share in shares)
        for place, share in shares:
            sums[place] += weight * share / covered
    return sums
