"""Where in the picture a label's evidence lies: gradient times input, on tokens.

The tokens entering the pooled blocks, less their mean over the picture, times the gradient of the
label's log-odds with respect to them, summed over channels. The mean is subtracted because what
all patches share has no place. Chosen by occlusion over CAM, attention rollout and plain gradient
times input (docs/experiments.md); one pass back over the last blocks.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from ml.devices import autocast
from ml.nets.vit_classifier import VitClassifier

SATURATION = 0.99  # quantile of the evidence that is shown in full colour


def heat_map(
    net: VitClassifier, pixels: Tensor, target: int, dtype: torch.dtype = torch.float32
) -> NDArray[np.float32]:
    """(s, s) float32 in [0, 1] for pixels (1, 3, s, s); 0 where nothing spoke for the label."""
    with torch.no_grad(), autocast(pixels.device, dtype):
        entering = net.early_tokens(pixels).float()
    evidence = token_evidence(net, entering, target)
    side = int(evidence.numel() ** 0.5)
    grid = _smooth(evidence.clamp(min=0).reshape(1, 1, side, side))
    fine = interpolate(grid, size=pixels.shape[-2:], mode="bicubic", align_corners=False)[0, 0]
    top = torch.quantile(grid, SATURATION).clamp(min=1e-12)
    return (fine / top).clamp(0, 1).float().cpu().numpy()


def token_evidence(net: VitClassifier, entering: Tensor, target: int) -> Tensor:
    """(patches,) signed evidence for `target` from tokens (1, 1 + patches, d)."""
    leaf = entering.detach().requires_grad_()
    with torch.enable_grad():
        logits = net.logits(net.pool(net.later_tokens(leaf)))
        (gradient,) = torch.autograd.grad(log_odds(logits, target).sum(), leaf)
    centred = entering[:, 1:] - entering[:, 1:].mean(dim=1, keepdim=True)
    return (gradient[:, 1:] * centred).sum(dim=-1)[0]


def log_odds(logits: Tensor, target: int) -> Tensor:
    """(n, k) -> (n,): the label against all others together."""
    others = [index for index in range(logits.shape[1]) if index != target]
    return logits[:, target] - torch.logsumexp(logits[:, others], dim=1)


def _smooth(grid: Tensor) -> Tensor:
    """Mean over 3x3 patches: single patches flicker, and no finding is 14 pixels wide."""
    return avg_pool2d(grid, kernel_size=3, stride=1, padding=1, count_include_pad=False)
