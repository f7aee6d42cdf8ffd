import numpy as np
import pytest

from ml.assemble import assemble
from ml.embed import DIMENSIONS, Encoder
from ml.errors import MissingBackbone


@pytest.fixture(scope="module")
def encoder():
    assemble("multilingual-e5-small", lambda line: None)
    return Encoder(device="cpu")


def test_vectors_are_normalised_float32_in_the_order_given(encoder):
    texts = ["fatty liver", "高血压该怎么治疗？" * 8, "x"]
    together = encoder.passages(texts)
    assert together.shape == (3, DIMENSIONS)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.passages([text]) for text in texts])
    assert ((together * alone).sum(axis=1) > 0.999).all()  # bf16 rounds by batch shape


@pytest.mark.parametrize(
    ("asked", "best"), [("二型糖尿病首选什么药？", 0), ("癫痫患者可以开车吗？", 1), ("opening hours", 2)]
)
def test_the_passage_that_answers_is_nearest_also_across_languages(encoder, asked, best):
    passages = encoder.passages(
        [
            "Metformin is the first medicine for type 2 diabetes.",
            "People with epilepsy must not drive after a seizure.",
            "The clinic opens at eight in the morning.",
        ]
    )
    assert (encoder.queries([asked]) @ passages.T).argmax() == best


def test_queries_and_passages_carry_different_prefixes(encoder):
    assert not np.allclose(encoder.queries(["fever"]), encoder.passages(["fever"]), atol=1e-3)


def test_nothing_to_encode_gives_an_empty_array(encoder):
    assert encoder.queries([]).shape == (0, DIMENSIONS)


def test_a_missing_backbone_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDAPP_MODELS_DIR", str(tmp_path))
    with pytest.raises(MissingBackbone):
        Encoder()
