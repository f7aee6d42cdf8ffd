import pytest
import torch

from ml import threads
from ml.devices import precision_for


def test_setting_limits_the_threads(monkeypatch):
    monkeypatch.setenv("MEDAPP_TORCH_THREADS", "1")
    assert threads.apply() == 1
    assert torch.get_num_threads() == 1


def test_without_a_setting_all_allowed_cores_are_the_budget(monkeypatch):
    monkeypatch.delenv("MEDAPP_TORCH_THREADS", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 3, 5})
    assert threads.budget() == 3


@pytest.mark.parametrize("setting", ["0", "-1", "two", "1.5"])
def test_bad_setting_fails_loudly(monkeypatch, setting):
    monkeypatch.setenv("MEDAPP_TORCH_THREADS", setting)
    with pytest.raises(ValueError, match="MEDAPP_TORCH_THREADS"):
        threads.budget()


@pytest.mark.parametrize(("setting", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16)])
def test_precision_follows_the_setting(monkeypatch, setting, dtype):
    monkeypatch.setenv("MEDAPP_PRECISION", setting)
    assert precision_for(torch.device("cpu")) is dtype


@pytest.mark.parametrize(
    ("flags", "dtype"), [("avx2 avx512f", torch.float32), ("avx512f avx512_bf16", torch.bfloat16)]
)
def test_half_precision_only_where_the_processor_multiplies_it(monkeypatch, flags, dtype):
    monkeypatch.delenv("MEDAPP_PRECISION", raising=False)
    monkeypatch.setattr("ml.devices._cpu_multiplies_bf16", lambda: "bf16" in flags)
    assert precision_for(torch.device("cpu")) is dtype


def test_unknown_precision_fails_loudly(monkeypatch):
    monkeypatch.setenv("MEDAPP_PRECISION", "int3")
    with pytest.raises(ValueError, match="MEDAPP_PRECISION"):
        precision_for(torch.device("cpu"))
