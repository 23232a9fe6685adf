"""Vanishing and exploding gradients, followed layer by layer as a table of factors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from chainrule.layers.dense import Dense
from chainrule.network import Placed
from chainrule.paper.elements import are_drawable, as_number, quantity_tex
from chainrule.paper.notation import decimal_tex
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.given import ChainGiven
from chainrule.paper.topics.network.subject import Subject
from chainrule.rules.networks.counts import product_of
from chainrule.rules.networks.gradients import (
    chain_factors,
    equal_factors,
    last_product,
    layer_factor,
    norm,
    ratio,
    running_product,
)
from chainrule.rules.optimizers.gradient_steps import gradient_descent

NEARLY = Number("1e-9")
"""A factor this close to 1 is said to keep a gradient's size."""
SHORT = 4
"""Digits of a size in a sentence."""
_LAST_ZEROS = r"\.?0+(?=$|\s|\\)"


def factors(subject: Subject) -> None:
    """Follow the gradient from the last layer to the first.

    In a chain of single units the factor of a layer is its slope times the weight behind it
    (``slope1``, ``factor1``); in wider networks it is the growth of the gradient's length (``norm1``,
    ``factor1``). ``product`` is all factors multiplied.
    """
    program, places, page = subject.need_samples("factors"), subject.all_dense("factors"), subject.page
    if not program.backward:
        raise SheetError("find: factors needs y where a network has several outputs")
    if len(places) < 2:
        raise SheetError("find: factors needs two Dense layers or more")
    page.part("factors", "The gradient on its way back, factor by factor")
    _check_slopes(places)
    is_chain = subject.network.input_shape == (1,) and all(p.output_shape == (1,) for p in places)
    single = page[subject.at("dz" + places[0].number)].shape == (1, 1)
    if is_chain and single:
        sizes = _follow_units(subject, places)
    else:
        sizes = _follow_lengths(subject, places)
    known = [f"factor{place.number}" for place in places if f"factor{place.number}" in page.tape.quantities]
    _judge(page, [page[name].reshape(-1)[0] for name in known], page["product"].reshape(-1)[0])
    _picture(page, "layer", [place.number for place in places], [*reversed(sizes)])


def _check_slopes(places: Sequence[Placed]) -> None:
    for place in places:
        assert isinstance(place.layer, Dense)
        if place.layer.activation.derivative is None and place is not places[-1]:
            name = place.layer.activation.name
            raise SheetError(
                f"find: factors: layer {place.number} has the activation {name}, without a slope"
            )


def _follow_units(subject: Subject, places: Sequence[Placed]) -> list[Any]:
    """Factors of a chain of single units; returns the gradients in z, from the last layer back."""
    page, rows, gradients = subject.page, [], []
    for place, behind in zip(reversed(places), [None, *reversed(places[1:])], strict=True):
        i = place.number
        z, a, d = (subject.at(f"{name}{i}") for name in ("z", "a", "dz"))
        assert isinstance(place.layer, Dense)
        cells = [i, page.write(page[z][0, 0]), "", "", ""]
        if place.layer.activation.derivative is not None:
            page.work(f"slope{i}", place.layer.activation.derivative, z, a, symbol=f"f_{{{i}}}'(z_{{{i}}})")
            cells[2] = page.write(page[f"slope{i}"][0, 0])
        if behind is not None:
            weight = f"W{behind.number}"
            page.work(f"factor{i}", layer_factor, weight, f"slope{i}", symbol=rf"\varphi_{{{i}}}")
            cells[3:] = [page.write(page[weight][0, 0]), page.write(page[f"factor{i}"][0, 0])]
        gradients.append(page[d][0, 0])
        rows.append([*cells, page.write(gradients[-1]), page.write(page[subject.at(f"dW{i}")][0, 0])])
    named = [f"factor{place.number}" for place in reversed(places[:-1])]
    page.work("product", product_of(len(named)), *named, symbol=r"\Phi")
    head = ("$k$", "$z_{k}$", "$f'(z_{k})$", "$W_{k+1}$", "factor", "in $z_{k}$", "in $W_{k}$")
    page.table(
        "The gradient in $z_{k}$ is the one in $z_{k+1}$ times the factor $W_{k+1} f'(z_{k})$", head, rows
    )
    return gradients


def _follow_lengths(subject: Subject, places: Sequence[Placed]) -> list[Any]:
    """Lengths of the gradients in z of wider layers, from the last layer back."""
    page, rows, named = subject.page, [], []
    lengths: list[Any] = []
    for place, behind in zip(reversed(places), [None, *reversed(places[1:])], strict=True):
        i, d = place.number, subject.at(f"dz{place.number}")
        tex = quantity_tex(page.tape[d])
        page.work(f"norm{i}", norm, d, symbol=rf"\left\| {tex} \right\|")
        lengths.append(page[f"norm{i}"][()])
        grown = ""
        if behind is not None and not _is_zero(page[f"norm{behind.number}"][()]):
            page.work(f"factor{i}", ratio, f"norm{i}", f"norm{behind.number}", symbol=rf"\varphi_{{{i}}}")
            grown = page.write(page[f"factor{i}"][()])
            named.append(f"factor{i}")
        elif behind is places[-1]:
            raise SheetError(
                f"find: factors: the gradient in layer {behind.number} is 0, so there is nothing to follow"
            )
        dW = subject.at(f"dW{i}")
        page.work(f"weight_norm{i}", norm, dW, symbol=rf"\left\| {quantity_tex(page.tape[dW])} \right\|")
        rows.append([i, page.write(lengths[-1]), grown, page.write(page[f"weight_norm{i}"][()])])
    page.work("product", product_of(len(named)), *named, symbol=r"\Phi")
    page.table(
        "The length of the gradient in $z_{k}$ is the one in $z_{k+1}$ times the factor",
        ("$k$", "in $z_{k}$", "factor", "in $W_{k}$"),
        rows,
    )
    return lengths


def _is_zero(value: Any) -> bool:
    return getattr(value, "exact", None) == 0 or getattr(value, "expression", None) == 0


def _judge(page: Page, factors: Sequence[Any], product: Any) -> None:
    """Say whether the gradient shrinks or grows on its way, and by how much a layer."""
    value, count = as_number(product), len(factors)
    if not isinstance(value, Number):
        return
    size = abs(value)
    if _is_zero(size):
        said = "A factor of 0 stops the gradient: the layers before it learn nothing from this sample."
        rounded = "Rounded like this, nothing is left of the gradient: the first layers learn nothing."
        page.remark(said if any(_is_zero(factor) for factor in factors) else rounded)
        return
    each = size if count == 1 else (size.log() / Number(count)).exp()
    steps = "in one step back"
    if count > 1:
        steps = f"in {count} steps back, {_short(each)} times in each on average"
    if abs(each - 1) < NEARLY:
        page.remark("The gradient keeps its size on its way back.")
        return
    if each < 1:
        said = "the deeper the network, the less its first layers learn: the gradient vanishes"
    else:
        said = "the deeper the network, the wilder the steps of its first layers: the gradient explodes"
    page.remark(f"On its way back the gradient becomes {_short(size)} times as large, {steps}; {said}.")


def _short(size: Number) -> str:
    """A size as a sentence has it, in a few digits."""
    tex = decimal_tex(size, SHORT)
    return f"${re.sub(_LAST_ZEROS, '', tex) if '.' in tex else tex}$"


def _picture(page: Page, axis: str, labels: Sequence[str], gradients: Sequence[Any]) -> None:
    """A picture of the gradients' sizes, where they are numbers that a float holds."""
    values = [as_number(v) for v in gradients]
    if are_drawable(values):
        sizes = [abs(float(v)) for v in values]
        page.picture("Size of the gradient, layer by layer", partial(_draw, axis, labels, sizes))


def _draw(axis: str, labels: Sequence[str], sizes: Sequence[float]) -> str:
    """The sizes by layer, on a logarithmic scale; a size of 0 has no place there."""
    from chainrule.paper.pictures import BLUE, drawing

    with drawing("Size of the gradient, layer by layer") as picture:
        axes, places = picture.axes, np.arange(len(labels))
        shown = np.array([size if size > 0 else np.nan for size in sizes])
        axes.plot(places, shown, "o-", color=BLUE)
        if np.isfinite(shown).any():
            axes.set_yscale("log")
        step = max(1, len(labels) // 10)
        axes.set_xticks(places[::step], labels[::step])
        axes.set(xlabel=axis, ylabel="size of the gradient")
    return picture.svg


# ------------------------------------------------------------------- factors by themselves


def follow_chain(page: Page, chain: ChainGiven, learning_rate: Any) -> None:
    """Work ``products`` and ``gradient`` of factors that are given without a network."""
    page.part("factors", "The gradient on its way back, factor by factor")
    if chain.factor is not None:
        page.give("factor", chain.factor, symbol=r"\varphi")
        page.give("depth", chain.depth, symbol="n")
        page.work("gradient", equal_factors, "factor", "depth", symbol=r"\Phi")
        factors = np.full(chain.depth or 1, page["factor"][()], dtype=object)
        page.give("factors", factors, symbol=r"\varphi", hidden=True)
        page.work("products", running_product, "factors", symbol=r"\Phi", shown=False)
    else:
        if chain.factors is not None:
            page.give("factors", chain.factors, symbol=r"\varphi")
        else:
            page.give("slopes", chain.slopes, symbol="f'")
            page.give("weights", chain.weights, symbol="w")
            page.work("factors", chain_factors, "slopes", "weights", symbol=r"\varphi")
        page.work("products", running_product, "factors", symbol=r"\Pi")
        page.work("gradient", last_product, "products", symbol=r"\Phi")
    products = list(page["products"])
    rows = [
        [str(i), page.write(factor), page.write(product)]
        for i, (factor, product) in enumerate(zip(page["factors"], products, strict=True), start=1)
    ]
    page.table("From the output back", ("layers", "factor", "product so far"), rows)
    _judge(page, list(page["factors"]), products[-1])
    if chain.parameter is not None:
        page.give("w", chain.parameter)
        page.give("learning_rate", learning_rate)
        page.work("w_new", gradient_descent, "w", "gradient", "learning_rate")
    _picture(page, "layers back", [str(i) for i in range(1, len(products) + 1)], products)
