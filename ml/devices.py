"""Where a model runs and in which precision."""

import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

import torch

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def pick_device(device: str | None) -> torch.device:
    """The device asked for; with None, CUDA where there is one."""
    return torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))


def precision_for(device: torch.device) -> torch.dtype:
    """MEDAPP_PRECISION (fp32, bf16, fp16), else bf16 on hardware that multiplies it natively."""
    setting = os.environ.get("MEDAPP_PRECISION", "auto")
    if setting != "auto":
        if setting not in PRECISIONS:
            raise ValueError(f"MEDAPP_PRECISION must be auto, {', '.join(PRECISIONS)}; not {setting!r}")
        return PRECISIONS[setting]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if _cpu_multiplies_bf16() else torch.float32


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """Mixed precision, or nothing at all for float32."""
    if dtype is torch.float32:
        return nullcontext()
    return torch.autocast(device.type, dtype=dtype)


@cache
def _cpu_multiplies_bf16() -> bool:
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text(encoding="ascii", errors="replace") if cpuinfo.exists() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags
