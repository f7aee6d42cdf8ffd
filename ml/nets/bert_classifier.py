"""Text classifier: a frozen encoder, a linear head over its last states, a linear input gate."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ml.nets.bert_encoder import BertEncoder, mean_pool


@dataclass(frozen=True)
class Reading:
    """logits: (batch, labels) float32; medical: (batch,), above the pack's threshold is in scope."""

    logits: Tensor
    medical: Tensor


class BertClassifier(nn.Module):
    def __init__(self, encoder: BertEncoder, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(2 * encoder.size, labels)
        self.gate = nn.Linear(encoder.size, 1)

    def forward(self, ids: Tensor, mask: Tensor) -> Reading:
        """(batch, tokens) numbers and mask (1 is text)."""
        return self.read(self.encoder.words(ids), mask)

    def read(self, words: Tensor, mask: Tensor) -> Reading:
        """The same from word vectors (batch, tokens, size), which attributions vary."""
        mean, features = pool(self.encoder.encode(self.encoder.embed(words), mask), mask)
        return Reading(self.head(features), self.gate(mean)[:, 0])

    def load_heads(self, heads: dict[str, Tensor]) -> None:
        """Put stored heads in place, strictly. Raises RuntimeError when they do not fit."""
        parts = nn.ModuleDict({"head": self.head, "gate": self.gate})
        parts.load_state_dict({name: value.float() for name, value in heads.items()})


def pool(hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """States (batch, tokens, size) to their mean and to [mean, first token], in float32."""
    mean = mean_pool(hidden, mask)
    return mean, torch.cat([mean, hidden[:, 0].float()], dim=1)
