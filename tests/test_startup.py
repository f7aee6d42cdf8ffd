"""A web process and a management command start without PyTorch, which takes seconds and half a gigabyte."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "transformers", "timm", "onnx", "sklearn", "matplotlib", "weasyprint")
SCRIPT = f"""
import sys, django
django.setup()
import importlib
importlib.import_module("medapp.urls")
print(*[name for name in {HEAVY} if name in sys.modules])
"""


def test_starting_the_application_loads_no_model_library() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert ended.stdout.split() == []
