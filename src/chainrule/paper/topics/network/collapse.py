"""Layers without activation collapse into one: the proof, worked on the given matrices."""

from __future__ import annotations

from typing import Any

from chainrule.layers.dense import Dense
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.subject import Subject
from chainrule.rules.affine import affine, linear_map
from chainrule.rules.networks.counts import sum_of

MOST_MULTIPLICATIONS = 200_000


def collapse(subject: Subject) -> None:
    """Work ``W_collapsed`` and ``b_collapsed``, and the output by both ways.

    Raises SheetError for a layer, other than the last, with an activation.
    """
    page, places = subject.page, subject.all_dense("collapse")
    if len(places) < 2:
        raise SheetError("find: collapse needs two Dense layers or more")
    for place in places[:-1]:
        if subject.activation(place) != "linear":
            raise SheetError(
                f"find: collapse: layer {place.number} has the activation {subject.activation(place)}; "
                "only layers without activation collapse into one"
            )
    inputs = places[0].input_shape[0]
    count = sum(inputs * p.input_shape[0] * p.output_shape[0] for p in places[1:])
    if count > MOST_MULTIPLICATIONS:
        raise SheetError(
            f"find: collapse takes {count:,} multiplications here; at most {MOST_MULTIPLICATIONS:,} are "
            "worked by hand"
        )
    page.part("collapse", "Layers without activation collapse into one")
    _prove(page, subject.columns, [place.parameters for place in places])
    W, b = "W1", "b1" if _has_bias(places[0]) else ""
    for place in places[1:]:
        number = "" if place is places[-1] else place.number
        W, b = _joined(page, W, b, place.number, _has_bias(place), number)
    if subject.program is not None:
        _compare(page, subject, W, b, places[-1].number)
    inputs, outputs = places[0].input_shape[0], places[-1].output_shape[0]
    parameters, one = sum(place.count_params for place in places), (inputs + bool(b)) * outputs
    last = subject.activation(places[-1])
    kind = f"one linear layer with {one}" if last == "linear" else f"one {last} layer with {one}"
    page.remark(
        f"So {len(places)} layers with {parameters} parameters can do no more than {kind}: "
        "only an activation between them that is not linear makes depth worth anything."
    )


def _has_bias(place: Any) -> bool:
    return isinstance(place.layer, Dense) and place.layer.use_bias


def _joined(page: Page, W: str, b: str, number: str, biased: bool, ending: str) -> tuple[str, str]:
    """Join a layer to those before it; returns the names of their weights and their bias together."""
    mark = rf"_{{{ending}}}" if ending else ""
    whole, bias = f"W_collapsed{ending}", f"b_collapsed{ending}"
    page.work(whole, linear_map, W, f"W{number}", symbol=f"W'{mark}")
    if b and biased:
        page.work(bias, affine, b, f"W{number}", f"b{number}", symbol=f"b'{mark}")
    elif b:
        page.work(bias, linear_map, b, f"W{number}", symbol=f"b'{mark}")
    elif biased:
        page.work(bias, sum_of(1), f"b{number}", symbol=f"b'{mark}")
    return whole, bias if b or biased else ""


def _prove(page: Page, columns: bool, parameters: list[Any]) -> None:
    """The derivation in symbols, of the first two layers."""
    first = " + b_{1}" if "b1" in parameters[0] else ""
    second = " + b_{2}" if "b2" in parameters[1] else ""
    if columns:
        put_in = f"W_{{2}} (W_{{1}} x{first}){second}" if first else f"W_{{2}} (W_{{1}} x){second}"
        carried = " + (W_{2} b_{1}" + (" + b_{2})" if second else ")") if first else second
        links = [f"W_{{2}} a_{{1}}{second}", put_in, f"(W_{{2}} W_{{1}}) x{carried}", "W' x"]
    else:
        put_in = f"(x W_{{1}}{first}) W_{{2}}{second}"
        carried = " + (b_{1} W_{2}" + (" + b_{2})" if second else ")") if first else second
        links = [f"a_{{1}} W_{{2}}{second}", put_in, f"x (W_{{1}} W_{{2}}){carried}", "x W'"]
    if first or second:
        links[-1] += " + b'"
    product = "W' = W_{2} W_{1}" if columns else "W' = W_{1} W_{2}"
    reasons = ("", "no activation: $a_{1} = z_{1}$", "multiplied out", f"with ${product}$")
    page.chain("z_{2}", *zip(links, reasons, strict=True))
    if len(parameters) > 2:
        page.remark("Each further layer is joined to those before it in the same way.")


def _compare(page: Page, subject: Subject, W: str, b: str, number: str) -> None:
    """Work the output by the one layer, and say whether it is that of the layers one by one."""
    x = "x" if subject.whole else subject.at("x")
    if b:
        page.work("z_collapsed", affine, x, W, b, symbol="z'")
    else:
        page.work("z_collapsed", linear_map, x, W, symbol="z'")
    layered = subject.at(f"z{number}")
    page.show(layered)
    pairs = list(zip(page["z_collapsed"].flat, page[layered].flat, strict=True))
    equal = all(_equal(a, c) for a, c in pairs)
    if equal:
        said = "both ways give the same output"
    elif page.question.rounding is not None:
        said = "the two differ only by the rounding of the steps"
    else:
        said = "the two agree in all the digits that were worked"
    sign = "=" if equal else r"\approx"
    page.remark(f"Layer by layer and by the one layer: {said}, $z' {sign} z_{{{number}}}$.")


def _equal(a: Any, b: Any) -> bool:
    """Whether two outputs are known to be equal."""
    if isinstance(a, Number):
        return a.exact is not None and b.exact is not None and bool(a.exact == b.exact)
    import sympy

    return bool(sympy.expand(a.expression - b.expression) == 0)
