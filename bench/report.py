"""What every benchmark prints and leaves in var/bench/NAME.json."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Line:
    """One figure of ours beside the peer's, each from several runs. ``higher_is_better`` gives ratio its sense."""

    name: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float]
    higher_is_better: bool = True

    @property
    def ratio(self) -> float:
        """Ours over the peer's, at the medians, so that more than 1 is always better than the peer."""
        ours, peer = median(self.ours), median(self.peer)
        return ours / peer if self.higher_is_better else peer / ours

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": median(self.ours),
            "peer": median(self.peer),
            "ratio": self.ratio,
            "overhead": median(self.ours) - median(self.peer),
            "runs": len(self.ours),
            "spread": {"ours": [min(self.ours), max(self.ours)], "peer": [min(self.peer), max(self.peer)]},
        }


def report(name: str, lines: Sequence[Line], note: str = "") -> None:
    """Print a table and write the JSON; the first line's figures stand at the top of the file."""
    print(f"\n{name} on {platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"{'':34} {'ours':>12} {'peer':>12} {'ratio':>7}  spread of ours")
    for line in lines:
        row = line.as_json()
        low, high = min(line.ours), max(line.ours)
        print(
            f"{line.name:34} {row['ours']:>12.3f} {row['peer']:>12.3f} {line.ratio:>7.3f}"
            f"  {low:.3f}–{high:.3f} {line.unit}, {row['runs']} runs"
        )
    if note:
        print(note)
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    content = lines[0].as_json() | {"lines": [line.as_json() for line in lines], "note": note}
    (folder / f"{name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def shared_data() -> Path:
    """Return the folder of training data. Raises SystemExit where it is not there."""
    folder = Path(os.environ.get("MEDAPP_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        raise SystemExit(f"The data folder {folder} is missing; set MEDAPP_SHARED_DATA.")
    return folder
