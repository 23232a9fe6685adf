"""Questions about cheaper designs: bottlenecks, separable convolutions, shared weights."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import square, times
from chainrule.exercises.topics.cost.words import (
    FILTER_BIASES,
    FLATTEN,
    MULTIPLICATIONS,
    convolution,
    dense,
    numbered,
    words,
)
from chainrule.paper.workings import Working

_BOTH_SAVED = (
    "How many multiplications does the new design save (ΔM), how many times as many does the old one take "
    "(r), and how many percent are saved? And of the parameters, where no layer has biases?"
)
_SAVED = (
    "How many times as many multiplications does the old design take (r), and how many percent are saved?"
)


def _saves(working: Working) -> bool:
    """Whether the new design takes fewer multiplications."""
    return bool(working.tape["saving"].value > 0)


@kind("medium", suits=_saves)
def one_by_one_alone(draw: Draw) -> Drawn:
    """A convolution of 1 × 1 in place of a larger one."""
    side, f = draw.integer(6, 16), draw.choice([3, 5])
    channels, filters = draw.choice([4, 8, 16, 24, 32, 64]), draw.choice([4, 8, 16, 32])
    layers, compare = [convolution(filters, f, padding="same")], [convolution(filters, 1)]
    return {
        "text": f"Feature maps of {times([side, side, channels])} go through {words(layers[0])}. A second "
        f"design has {words(compare[0])} instead. {FILTER_BIASES} How many parameters (P) and "
        "multiplications (M) has each design? How many parameters does the second save (ΔP), how many times "
        "as many multiplications does the first take (r), and how many percent of them are saved? "
        f"{MULTIPLICATIONS}",
        "find": [
            *("parameters", "multiplications", "parameters_second", "multiplications_second"),
            *("ratio", "percent", "parameter_saving"),
        ],
        "given": {"input": [side, side, channels], "layers": layers, "compare": compare},
    }


@kind("medium", "hard")
def shared_weights(draw: Draw) -> Drawn:
    """A fully connected layer, and a convolution that gives as many numbers."""
    side, f = draw.integer(4, draw.by(10, 10, 20)), draw.integer(2, 4)
    shape = [side, side, draw.choice([1, 3])]
    filters = draw.by(1, draw.integer(1, 2), draw.integer(2, 8))
    out = side - f + 1
    layers, compare = [FLATTEN, dense(out * out * filters)], [convolution(filters, f)]
    return {
        "text": f"An image of {times(shape)} is to become {out * out * filters} numbers. Either it goes "
        f"through {numbered(layers)}; or through {words(compare[0])}. Neurons and filters have biases. How "
        "many parameters (P) and multiplications (M) has each design? How many parameters does the second "
        f"save (ΔP), and how many times as many multiplications does the first take (r)? {MULTIPLICATIONS}",
        "find": [
            *("parameters", "multiplications", "parameters_second", "multiplications_second"),
            *("ratio", "parameter_saving"),
        ],
        "given": {"input": shape, "layers": layers, "compare": compare},
    }


@kind("medium", "hard", suits=_saves)
def made_separable(draw: Draw) -> Drawn:
    """A convolution made separable, and what that saves."""
    side, f = draw.integer(6, draw.by(12, 12, 56)), draw.choice([3, 5])
    channels, filters = draw.choice([8, 16, 32, 64]), draw.choice([8, 16, 32, 64, 128])
    if draw.difficulty == "medium":  # where r and the percentage are short
        channels, filters = draw.integer(2, 16), draw.choice([6, 9, 18, 36] if f == 3 else [8, 16, 20, 50])
    bare = {"use_bias": False} if draw.difficulty == "hard" else {}
    layer = convolution(filters, f, padding="same", **bare)
    biased = draw.by("", f" {FILTER_BIASES[:-1]}, but not the flat ones.", "")
    return {
        "text": f"Feature maps of {times([side, side, channels])} go through {words(layer)}. It is made "
        f"separable: one flat filter of {square(f)} for each channel, then {filters} filters of 1 × "
        f"1.{biased} How many parameters (P₁) and multiplications (M₁) has the layer before, and how many "
        f"afterwards (new)? {draw.by('', _SAVED, _BOTH_SAVED)} {MULTIPLICATIONS}",
        "find": [
            *("parameters1", "multiplications1", "parameters1_new", "multiplications1_new"),
            *draw.by([], ["ratio", "percent"], ["saving"]),
        ],
        "given": {"input": [side, side, channels], "layers": [layer], "separable": True},
    }


@kind("medium", "hard", suits=_saves)
def bottleneck(draw: Draw) -> Drawn:
    """A 1 × 1 convolution before a larger one, and what it saves."""
    side, f = draw.integer(6, draw.by(12, 12, 32)), draw.choice([3, 5])
    channels = draw.choice(draw.by([16, 32, 64], [16, 32, 64], [32, 48, 64, 96, 128, 192, 256]))
    filters = draw.choice(draw.by([8, 16, 32], [8, 16, 32], [16, 32, 64, 128]))
    width = draw.choice(draw.by([2, 4, 8], [2, 4, 8], [4, 8, 16, 32]))
    layer = convolution(filters, f, padding="same", use_bias=False)
    limits = ""
    find = [
        "multiplications1",
        "shape1_new",
        "multiplications1_new",
        "multiplications2_new",
        "multiplications_new",
    ]
    if draw.difficulty == "hard":
        limits = (
            " What does each filter of a bottleneck cost, in both layers together (e₁)? With how many "
            "filters would the new design take as many multiplications as the old (w₁), and what is the "
            "largest number with which it takes fewer?"
        )
        find += ["each1", "break_even1", "largest_width1"]
    return {
        "text": f"Feature maps of {times([side, side, channels])} go through {words(layer)}. In a new design "
        f"a bottleneck of {width} filters of 1 × 1 comes before it. How many multiplications (M₁) does the "
        "old layer take? What is the shape behind the bottleneck, and how many multiplications do the "
        f"bottleneck (M₁ new), the convolution behind it (M₂ new) and both together take?{limits} "
        f"{draw.by('', _SAVED, _BOTH_SAVED)} {MULTIPLICATIONS}",
        "find": [*find, *draw.by([], ["ratio", "percent"], ["saving"])],
        "given": {"input": [side, side, channels], "layers": [layer], "width": width},
    }


@kind("hard", suits=_saves)
def within_a_budget(draw: Draw) -> Drawn:
    """The widest bottleneck that a budget of multiplications allows."""
    side, f = draw.integer(7, 32), draw.choice([3, 5])
    channels, filters = draw.choice([64, 96, 128, 192, 256]), draw.choice([32, 64, 128])
    layer = convolution(filters, f, padding="same")
    per_width = side * side * (channels + filters * f * f)
    width = draw.integer(3, max(4, channels * filters * f * f * side * side // per_width // 2))
    unit = 10 ** (len(str(per_width)) - 2)
    budget = (per_width * width + draw.integer(0, per_width - unit)) // unit * unit + unit
    return {
        "text": f"Feature maps of {times([side, side, channels])} go through {words(layer)}. With a "
        f"bottleneck of w filters of 1 × 1 before it, both layers together may take at most {budget:,} "
        "multiplications. How many does the layer take now (M₁)? What does each filter of a bottleneck cost, "
        "in both layers together (e₁)? What is the largest w within the budget, and how many multiplications "
        "do the bottleneck (M₁ new), the convolution behind it (M₂ new) and both together take with it? "
        f"{_SAVED} {MULTIPLICATIONS}",
        "find": [
            *("multiplications1", "each1", "width"),
            *("multiplications1_new", "multiplications2_new", "multiplications_new"),
            *("ratio", "percent"),
        ],
        "given": {"input": [side, side, channels], "layers": [layer], "budget": budget},
    }


@kind("hard", suits=_saves)
def inception(draw: Draw) -> Drawn:
    """An inception module of two branches, with a bottleneck before each."""
    side, channels = draw.choice([14, 16, 28, 32]), draw.choice([64, 96, 128, 192, 256])
    first = convolution(draw.choice([32, 64, 96, 128]), 3, padding="same", use_bias=False)
    second = convolution(draw.choice([16, 32, 48]), 5, padding="same", use_bias=False)
    widths = [draw.choice([16, 32, 64]), draw.choice([8, 16, 24])]
    return {
        "text": f"An inception module takes feature maps of {times([side, side, channels])} and has two "
        f"branches: (1.1.1) {words(first)}; (1.2.1) {words(second)}. Their outputs are put together along "
        "the channels (layer 1). What is the shape of the output, and how many multiplications does each "
        f"branch take, and the module (M)? In a new design a bottleneck of {widths[0]} filters of 1 × 1 "
        f"comes before the first convolution, and one of {widths[1]} before the second: how many "
        "multiplications do the bottlenecks (1.1.1 and 1.2.1, new), the convolutions behind them (1.1.2 and "
        f"1.2.2, new) and the new module take? {_BOTH_SAVED} {MULTIPLICATIONS}",
        "find": [
            *("multiplications1_1_1", "multiplications1_2_1", "shape1", "multiplications"),
            *(f"multiplications1_{branch}_{layer}_new" for branch in (1, 2) for layer in (1, 2)),
            *("multiplications_new", "saving"),
        ],
        "given": {
            "input": [side, side, channels],
            "layers": [{"join": "concatenate", "branches": [[first], [second]]}],
            "width": widths,
        },
    }
