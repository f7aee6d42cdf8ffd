"""One thread budget for a process, so that workers beside each other do not fight for cores."""

import os


def budget() -> int:
    """Threads this process may use: MEDAPP_TORCH_THREADS, else the cores it is allowed on."""
    setting = os.environ.get("MEDAPP_TORCH_THREADS", "").strip()
    if not setting:
        return len(os.sched_getaffinity(0))
    if not setting.isdigit() or int(setting) < 1:
        raise ValueError(f"MEDAPP_TORCH_THREADS must be a whole number from 1, not {setting!r}")
    return int(setting)


def apply() -> int:
    """Set PyTorch to the budget and return it."""
    import torch  # heavy: `budget` alone is enough for the web process

    count = budget()
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
    return count
