"""A BERT encoder from an assembled folder, opened up so that layers can be run by themselves."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ml import shim  # noqa: F401 - before transformers, see there
from ml.packs import WEIGHTS

from transformers import BertConfig, BertModel  # isort: skip


class BertEncoder(nn.Module):
    """Token numbers to hidden states. The word table stays in float16, which halves its memory;
    everything computed is in the layers' type: float32, or float16 on CUDA."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.size: int = config.hidden_size

    @classmethod
    def from_folder(cls, folder: Path, device: str = "cpu") -> "BertEncoder":
        """Load strictly; the caller has verified the folder's digests."""
        with torch.device("meta"):
            net = cls(BertConfig.from_pretrained(folder))
        net.bert.load_state_dict(load_file(folder / WEIGHTS), assign=True)
        embeddings = net.bert.embeddings
        positions = torch.arange(net.bert.config.max_position_embeddings)[None]
        embeddings.register_buffer("position_ids", positions, persistent=False)
        embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
        compute = torch.float16 if device.startswith("cuda") else torch.float32
        for part in (*embeddings.children(), net.bert.encoder):
            if part is not embeddings.word_embeddings:
                part.to(compute)
        net.to(device)
        return net.eval().requires_grad_(False)

    @property
    def layers(self) -> nn.ModuleList:
        return self.bert.encoder.layer

    def words(self, ids: Tensor) -> Tensor:
        """(batch, tokens) numbers to (batch, tokens, size) word vectors."""
        norm = self.bert.embeddings.LayerNorm
        return self.bert.embeddings.word_embeddings(ids).to(norm.weight.dtype)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(batch, tokens) numbers and mask (1 is text) to (batch, tokens, size)."""
        return self.encode(self.embed(self.words(ids)), mask)

    def embed(self, words: Tensor) -> Tensor:
        return self.bert.embeddings(inputs_embeds=words)

    def encode(self, hidden: Tensor, mask: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Run the layers [first, last) on hidden states."""
        attended = mask[:, None, None, :].bool()  # (batch, 1, 1, tokens)
        for layer in self.layers[first:last]:
            hidden = layer(hidden, attention_mask=attended)
        return hidden


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over the text's tokens: (batch, tokens, size) to (batch, size) in float32."""
    weight = mask[..., None].float()
    return (hidden.float() * weight).sum(1) / weight.sum(1).clamp(min=1)
