"""How much of the machine one file may take."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Budgets are checked from the header and the codestream before anything is allocated."""

    max_file_bytes: int = 4096 * MIB
    max_header_bytes: int = 64 * MIB
    max_elements: int = 400_000
    max_depth: int = 32
    max_inflated_bytes: int = 512 * MIB
    max_frame_pixels: int = 64_000_000
    max_frames: int = 100_000
    memory_bytes: int = 3072 * MIB
    cpu_seconds: int = 30
    wall_seconds: float = 45.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class ArchiveLimits:
    """What a ZIP may unpack to, in members, bytes and bytes out per byte in."""

    max_entries: int = 20_000
    max_directory_bytes: int = 16 * MIB
    max_member_bytes: int = 2048 * MIB
    max_total_bytes: int = 16_384 * MIB
    max_ratio: int = 200
    ratio_free_bytes: int = 64 * MIB


DEFAULT_ARCHIVE_LIMITS = ArchiveLimits()
