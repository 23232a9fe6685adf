"""How many parameters a network has, and how many settings of them give the same network."""

from __future__ import annotations

from chainrule.layers.dense import Dense
from chainrule.network import Placed
from chainrule.paper.names import tex_name
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.door import times
from chainrule.paper.topics.network.subject import Subject
from chainrule.rules.networks.counts import (
    dense_parameters,
    dense_weights,
    factorial,
    product_of,
    same_layers,
    sum_of,
)
from chainrule.rules.rule import size

MOST_UNITS = 100
"""Units of a layer whose orders are counted; 100! has 158 digits already."""


def parameters(subject: Subject) -> None:
    """Count the parameters layer by layer: ``params1``, …, and in all ``weights``, ``biases``, ``params``."""
    page, places = subject.page, subject.network.places
    page.part("parameters", "Parameters")
    rows = []
    for place in places:
        rows.append(_counted(page, place, subject.columns))
    page.table(
        "Layer by layer", ("layer", "inputs $n$", "units $k$", "$W$", "weights", "biases", "parameters"), rows
    )
    _total(page, "weights", [f"weights{p.number}" for p in places if f"W{p.number}" in p.parameters])
    biased = [p for p in places if f"b{p.number}" in p.parameters]
    _total(page, "biases", [f"{'k' if isinstance(p.layer, Dense) else 'size_b'}{p.number}" for p in biased])
    _total(page, "params", [f"params{place.number}" for place in places if place.weights])


def _counted(page: Page, place: Placed, columns: bool) -> list[str]:
    """Work the parameters of a layer; returns its row of the table."""
    i, kind = place.number, type(place.layer).__name__
    if not isinstance(place.layer, Dense):
        if place.weights:
            _work_sizes(page, place)
        row = [times(place.input_shape), times(place.output_shape), *_parts(place)]
        return [f"{i} {kind}", *row, str(place.count_params)]
    n, k = place.input_shape[-1], place.output_shape[-1]
    page.give(f"n{i}", n, hidden=True)
    page.give(f"k{i}", k, hidden=True)
    page.work(
        f"weights{i}", dense_weights, f"n{i}", f"k{i}", symbol=rf"\text{{weights}}_{{{i}}}", shown=False
    )
    rule = dense_parameters if place.layer.use_bias else dense_weights
    page.work(f"params{i}", rule, f"n{i}", f"k{i}", symbol=f"P_{{{i}}}")
    shape = times((k, n) if columns else (n, k))
    biases = k if place.layer.use_bias else 0
    return [f"{i} {kind}", str(n), str(k), shape, str(n * k), str(biases), str(place.count_params)]


def _parts(place: Placed) -> list[str]:
    """The shape of a layer's kernel, how many weights that is, and its biases; as they stand in the table."""
    W, b = (place.parameters.get(f"{local}{place.number}") for local in ("W", "b"))
    if W is None:
        return ["", "", ""]
    return [times(W.shape), str(size(W.shape)), str(size(b.shape) if b else 0)]


def _work_sizes(page: Page, place: Placed) -> None:
    """Work how many numbers a layer keeps: of each array its lengths multiplied, and all of them together."""
    i, counts = place.number, []
    for name, parameter in place.weights.items():
        lengths = [f"{name}_length_{axis}" for axis in range(1, len(parameter.shape) + 1)]
        for length, n in zip(lengths, parameter.shape, strict=True):
            page.give(length, n, symbol=rf"\text{{{n}}}", hidden=True)
        count = f"weights{i}" if name == f"W{i}" else f"size_{name}"
        symbol = rf"\text{{weights}}_{{{i}}}" if name == f"W{i}" else rf"\left| {tex_name(name)} \right|"
        page.work(count, product_of(len(lengths)), *lengths, symbol=symbol, shown=len(lengths) > 1)
        counts.append(count)
    page.work(f"params{i}", sum_of(len(counts)), *counts, symbol=f"P_{{{i}}}")


def _total(page: Page, name: str, counts: list[str]) -> None:
    if counts:
        page.work(name, sum_of(len(counts)), *counts, symbol="P" if name == "params" else rf"\text{{{name}}}")


def configurations(subject: Subject) -> None:
    """Count the settings of the parameters that give the same network: ``configurations``."""
    page, hidden = subject.page, subject.dense[:-1]
    if not hidden:
        raise SheetError("find: configurations needs a hidden layer, a Dense layer before the last")
    sizes = [place.output_shape[0] for place in hidden]
    if max(sizes) > MOST_UNITS:
        raise SheetError(f"find: configurations takes layers of at most {MOST_UNITS} units; got {max(sizes)}")
    page.part("configurations", "Settings of the parameters that give the same network")
    page.remark(
        "The units of a hidden layer may change places, each with the weights into it, its bias and the "
        "weights out of it: the sum in the next layer has the same terms in another order."
    )
    for place, units in zip(hidden, sizes, strict=True):
        name = f"k{place.number}"
        if name not in page.tape.quantities:
            page.give(name, units, hidden=True)
        page.work(f"orders{place.number}", factorial, name, symbol=rf"\text{{orders}}_{{{place.number}}}")
    orders = [f"orders{place.number}" for place in hidden]
    if len(set(sizes)) > 1 or len(sizes) == 1:
        page.work("configurations", product_of(len(orders)), *orders, symbol="N")
        return
    page.give("hidden_layers", len(sizes), symbol="L", hidden=True)
    one = f"k_{{{hidden[0].number}}}"
    page.remark(f"All $L = {len(sizes)}$ hidden layers have equally many units, so $N = ({one}!)^{{L}}$:")
    page.work("configurations", same_layers, orders[0], "hidden_layers", symbol="N")
