"""A BERT encoder from an assembled folder, opened up so that layers can be run by themselves."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ml import shim  # noqa: F401 - before transformers, see there
from ml.devices import autocast
from ml.packs import WEIGHTS

from transformers import BertConfig, BertModel  # isort: skip


class BertEncoder(nn.Module):
    """Token numbers to hidden states. The word table stays in float16, which halves its memory;
    matrices are in `precision`, sums and norms in float32."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.size: int = config.hidden_size
        self.precision = torch.float32

    @classmethod
    def from_folder(
        cls, folder: Path, device: torch.device, precision: torch.dtype = torch.float32
    ) -> "BertEncoder":
        """Load strictly; the caller has verified the folder's digests."""
        with torch.device("meta"):
            net = cls(BertConfig.from_pretrained(folder))
        net.bert.load_state_dict(load_file(folder / WEIGHTS), assign=True)
        embeddings = net.bert.embeddings
        positions = torch.arange(net.bert.config.max_position_embeddings)[None]
        embeddings.register_buffer("position_ids", positions, persistent=False)
        embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
        for part in (*embeddings.children(), net.bert.encoder):
            if part is not embeddings.word_embeddings:
                part.float()
        for part in net.bert.encoder.modules():
            if isinstance(part, nn.Linear):
                part.to(precision)  # once here rather than by autocast in each pass
        net.precision = precision
        return net.to(device).eval().requires_grad_(False)

    @property
    def layers(self) -> nn.ModuleList:
        return self.bert.encoder.layer

    def words(self, ids: Tensor) -> Tensor:
        """(batch, tokens) numbers to (batch, tokens, size) word vectors."""
        return self.bert.embeddings.word_embeddings(ids).float()

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(batch, tokens) numbers and mask (1 is text) to (batch, tokens, size)."""
        return self.encode(self.embed(self.words(ids)), mask)

    def embed(self, words: Tensor) -> Tensor:
        return self.bert.embeddings(inputs_embeds=words)

    def encode(self, hidden: Tensor, mask: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Run the layers [first, last) on hidden states."""
        attended = mask[:, None, None, :].bool()  # (batch, 1, 1, tokens)
        with autocast(hidden.device, self.precision):
            for layer in self.layers[first:last]:
                hidden = layer(hidden, attention_mask=attended)
        return hidden


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over the text's tokens: (batch, tokens, size) to (batch, size) in float32."""
    weight = mask[..., None].float()
    return (hidden.float() * weight).sum(1) / weight.sum(1).clamp(min=1)
