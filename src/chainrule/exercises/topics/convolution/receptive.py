"""Questions about receptive fields: what one output sees of the input, layer by layer."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import kind_of_image, listed, square

_WHAT = (
    "Work along one axis, for each layer, how many inputs an output sees (r), and how many inputs further on "
    "the next output begins to see (j)"
)


@kind("easy", "medium", "hard")
def receptive_field(draw: Draw) -> Drawn:
    """What an output of each layer sees, and how far apart the views of neighbours begin."""
    layers = [_layer(draw, holes=draw.by(0, 0.3, 0.3)) for _ in range(draw.by(2, draw.integer(3, 4), 6))]
    return {
        "text": f"A network has {len(layers)} layers, one behind the other: {_said(layers)}. {_WHAT}.",
        "find": _find(layers),
        "given": {"layers": layers},
    }


@kind("medium", "hard")
def receptive_field_of_image(draw: Draw) -> Drawn:
    """The receptive field and the length of the map behind each layer."""
    layers = [_layer(draw, holes=0.25) for _ in range(draw.by(3, 3, 5))]
    n = _reach(layers) + draw.integer(1, 99)
    padding = "None of them is padded."
    if draw.difficulty == "hard":
        padded = draw.integer(1, len(layers) - 1)
        layers[padded]["padding"] = "same"
        padding = (
            f"Layer {padded + 1} has padding same, ⌈n/s⌉ outputs and an odd zero at the end; the others are "
            "not padded."
        )
    return {
        "text": f"A {kind_of_image(draw)} of {square(n)} pixels goes through {len(layers)} layers: "
        f"{_said(layers)}. {padding} {_WHAT}, and how long the map behind it is (n).",
        "find": _find(layers, lengths=True),
        "given": {"size": n, "layers": layers},
    }


def _layer(draw: Draw, holes: float) -> dict[str, Any]:
    """A pooling, or a convolution, so often one with holes."""
    if draw.chance(0.3):
        f = draw.integer(2, 3)
        return {"name": "pooling", "kernel_size": f, "strides": draw.integer(2, f)}
    if draw.chance(holes):
        f, d = draw.integer(2, 3), draw.integer(2, 3)
        return {"name": "convolution", "kernel_size": f, "dilation_rate": d}
    return {"name": "convolution", "kernel_size": draw.integer(2, 7), "strides": draw.choice([1, 1, 2, 2, 3])}


def _reach(layers: list[dict[str, Any]]) -> int:
    """How many inputs an output of the last layer sees: the image must have as many."""
    reach = jump = 1
    for layer in layers:
        reach += layer.get("dilation_rate", 1) * (layer["kernel_size"] - 1) * jump
        jump *= layer.get("strides", 1)
    return reach


def _said(layers: list[dict[str, Any]]) -> str:
    """The layers of a stack, in a sentence."""
    said = []
    for layer in layers:
        words = f"a {square(layer['kernel_size'])} {layer['name']} with stride {layer.get('strides', 1)}"
        if "dilation_rate" in layer:
            words += f" and dilation rate {layer['dilation_rate']}"
        said.append(words)
    return listed(said)


def _find(layers: list[dict[str, Any]], lengths: bool = False) -> list[str]:
    """The quantities of each layer: its span and, with the maps' ``lengths``, its zeros; r and j."""
    found = []
    for number, layer in enumerate(layers, start=1):
        words = ["effective"] if "dilation_rate" in layer else []
        words += ["zeros", "before", "after"] if "padding" in layer else []
        words += ["n"] if lengths else []
        found += [f"{word}{number}" for word in [*words, "r", "jump"]]
    return found
