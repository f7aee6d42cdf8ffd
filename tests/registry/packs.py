"""Small packs on disk, without any model in them."""

import hashlib
import json


def write_pack(folder, name="tiny", version="1.0.0", weights=b"weights", **changes):
    """Write a valid pack into ``folder/name`` and return its folder."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "w.safetensors").write_bytes(weights)
    (place / "card.md").write_text(
        "# Tiny\n\nSays **nothing**.\n\n| | |\n|---|---|\n| Data | none |\n\n- one\n- two\n"
    )
    (place / "card.zh.md").write_text("# 小模型\n\n什么也\n不说。\n")
    both = {"zh": "中", "en": "en"}
    pack = {
        "format": 1, "name": name, "version": version, "task": "text-classification", "title": both,
        "intended_use": both, "not_for": both, "scope": {"languages": ["zh"]}, "licence": "Apache-2.0",
        "labels": [{"code": code, "name": {"zh": f"{code}中", "en": code}} for code in ("a", "b")],
        "weights": {"file": "w.safetensors", "sha256": hashlib.sha256(weights).hexdigest()},
        "metrics": {"test": {"n": 40, "accuracy": {"value": 0.9, "low": 0.8, "high": 0.95},
                             "recall": {"a": {"value": 0.7, "low": 0.6, "high": 0.8}}}},
        **changes,
    }  # fmt: skip
    (place / "pack.json").write_text(json.dumps(pack))
    return place
