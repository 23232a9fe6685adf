"""The four equations of backpropagation, in indices, for a network of given sizes.

Each line of each derivation is checked at every index of every layer, on the composed loss as SymPy
differentiates it. At the end the rules by which networks train are run backward through the network
in symbols, and every gradient is compared with the derivative of the whole loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    by_rule,
    derivative,
    indexed,
    kronecker,
    total,
)
from chainrule.paper.topics.identity.gradients import check_whole, work_gradients, write_matrices
from chainrule.paper.topics.identity.networks import ANY, Layer, Net, read_network
from chainrule.paper.topics.identity.proofs import Derivation, places
from chainrule.rules.affine import affine
from chainrule.rules.losses.from_terms import divisor
from chainrule.rules.rule import Rule


def backpropagation(page: Page, given: Any) -> None:
    """The four equations, and the gradients of this network."""
    rows = page.question.convention == "rows"
    net = replace(read_network(given), rows=rows)
    page.part("network", "The network")
    _describe(page, net, rows)
    page.part("output", "1. The output layer")
    _output(page, net)
    if net.depth > 1:
        page.part("hidden", "2. The hidden layers")
        _hidden(page, net, rows)
    layers = list(_layer_scopes(net))
    page.part("weights", "3. The weights")
    _weights(page, net, layers, rows)
    page.part("biases", "4. The biases")
    _biases(page, net, layers, rows)
    page.part("matrices", "As matrices")
    write_matrices(page, net, rows)
    page.part("gradients", "For this network")
    work_gradients(page, net)
    check_whole(page, net)


# ----------------------------------------------------------------------------- derivations


def _at(letter: str, layer: str, *indices: str) -> str:
    """TeX of an entry of a layer: w_{jk}^{(l)}."""
    return f"{letter}_{{{''.join(indices)}}}^{{({layer})}}"


def _describe(page: Page, net: Net, rows: bool) -> None:
    w = _weight("j", "k", "l", rows)
    page.remark(
        rf"In layer $l$ of $L = {net.depth}$: "
        rf"$z_{{j}}^{{(l)}} = \sum_{{k}} {w} a_{{k}}^{{(l-1)}} + b_{{j}}^{{(l)}}$, "
        rf"$a_{{j}}^{{(l)}} = f(z_{{j}}^{{(l)}})$ and $a^{{(0)}} = x$. "
        rf"The first index of $w$ is the unit {'before' if rows else 'behind'}, the second the unit "
        rf"{'behind' if rows else 'before'} the weight."
    )
    names = [layer.name if layer.name != ANY else "any smooth function f" for layer in net.layers]
    rows_of = zip(net.sizes[1:], names, strict=True)
    layers = [(str(i), str(units), name) for i, (units, name) in enumerate(rows_of, start=1)]
    page.table("", ("layer", "units", "f"), [("0 (inputs)", str(net.sizes[0]), ""), *layers])
    loss = net.loss.value.formula({"y": "y", "a": "a^{(L)}"})
    page.remark(
        rf"The loss of one sample is $J = {loss}$, and $\delta_{{j}}^{{(l)}}$ stands for "
        r"$\frac{\partial J}{\partial z_{j}^{(l)}}$."
    )
    page.remark(
        r"With numbers for indices: $a_{21}$ is output 1 of layer 2, so are $z_{21}$ and $b_{21}$; "
        r"$w_{2 31}$ is the weight $w_{31}$ of layer 2."
    )
    cornered = [layer.name for layer in net.layers if layer.entry is None and layer.name != ANY]
    if cornered:
        page.remark(f"Of {' and '.join(dict.fromkeys(cornered))} the derivation holds away from the corner.")


def _weight(behind: str, before: str, layer: str, rows: bool) -> str:
    return _at("w", layer, *((before, behind) if rows else (behind, before)))


def _output(page: Page, net: Net) -> None:
    last, depth = net.layers[-1], net.depth
    z = net.row("z", depth)
    a, y = last.apply(z), net.row("y", depth)
    if last.name == "softmax":
        y[0, -1] = Formula(1 - sum(v.expression for v in y[0, :-1]))
    targets = {name.expression: v.expression for name, v in zip(net.row("y", depth)[0], y[0], strict=True)}
    free = net.row("a", depth)
    outer = net.from_outputs(depth, free)
    back = {name.expression: v.expression for name, v in zip(free[0], a[0], strict=True)} | targets
    n = net.sizes[-1]
    scope = Scope(
        {
            "delta": [Formula(v.expression.xreplace(targets)) for v in net.deltas(depth, z)],
            "dJ": [Formula(sympy.diff(outer, v.expression).xreplace(back)) for v in free[0]],
            "da": [[Formula(sympy.diff(v.expression, u.expression)) for u in z[0]] for v in a[0]],
            "y": list(y[0]),
            "a": list(a[0]),
        },
        counts={"n": n},
    )
    j, top = "j", "L"
    yj, aj = indexed("y", "y_{j}", j), indexed("a", _at("a", top, j), j)
    proof = Derivation(indexed("delta", _at(r"\delta", top, j), j), places(scope, {"j": n}))
    proof.line(indexed("delta", rf"\frac{{\partial J}}{{\partial {_at('z', top, j)}}}", j), "definition")
    divided = divisor(net.loss.entry.per, net.loss.divide_by, 1, n)
    if last.name == "softmax":
        yi, ai = indexed("y", "y_{i}", "i"), indexed("a", _at("a", top, "i"), "i")
        outer_i = indexed("dJ", rf"\frac{{\partial J}}{{\partial {ai.tex}}}", "i")
        inner_i = indexed("da", rf"\frac{{\partial {ai.tex}}}{{\partial {_at('z', top, j)}}}", "i", j)
        proof.line(
            total("i", "n", outer_i * inner_i), "chain rule: every output of softmax depends on $z_{j}$"
        )
        proof.line(
            total("i", "n", -(yi / ai) * (ai * (kronecker("i", j) - aj))), "slopes of the loss and of softmax"
        )
        proof.line(-total("i", "n", yi * kronecker("i", j)) + aj * total("i", "n", yi), "two sums")
        proof.line(-yj + aj, r"$\sum_{i} y_{i} = 1$")
        proof.line(aj - yj, "in order")
        proof.write(page)
        return
    outer_j = indexed("dJ", rf"\frac{{\partial J}}{{\partial {aj.tex}}}", j)
    slope = indexed("da", rf"f'({_at('z', top, j)})", j, j)
    inner = indexed("da", rf"\frac{{\partial {aj.tex}}}{{\partial {_at('z', top, j)}}}", j, j)
    proof.line(outer_j * inner, "chain rule: of the outputs, $a_{j}$ alone depends on $z_{j}$")
    proof.line(outer_j * slope, "$a_{j} = f(z_{j})$")
    worked = _term_slope(net, yj, aj)
    proof.line((worked / divided if divided != 1 else worked) * slope, "slope of the loss")
    if net.loss.entry.name == "mean_squared_error":
        short = (
            aj - yj
            if divided == 2
            else Expression(2) / divided * (aj - yj)
            if divided != 1
            else 2 * (aj - yj)
        )
        proof.line(
            short * slope, "the minus sign taken in" if divided != 2 else r"$-\frac{2}{2} = -1$, taken in"
        )
    _with_own_slope(proof, last, aj, slope)
    if last.name == "sigmoid" and net.loss.entry.name == "binary_crossentropy":
        proof.line((aj - yj) / divided if divided != 1 else aj - yj, "cancelled")
    proof.write(page)


def _term_slope(net: Net, y: Expression, a: Expression) -> Expression:
    """The slope of the loss's term, by the rule that trains."""
    rule = Rule("slope", net.loss.entry.slope, "")
    return by_rule(rule, y, a)


def _with_own_slope(proof: Derivation, layer: Layer, a: Expression, slope: Expression) -> None:
    """A line more, where the activation's slope is a formula in a alone."""
    if layer.entry is None or layer.entry.derivative is None:
        return
    own = by_rule(layer.entry.derivative, a, a, **layer.entry.options)
    last = proof.last
    if last.operation != "*" or last.arguments[1] is not slope:
        return
    if not own.operation and own == 1:
        proof.line(last.arguments[0], f"the slope of {layer.name} is 1")
    elif layer.name in ("sigmoid", "tanh"):
        proof.line(last.arguments[0] * own, f"slope of {layer.name}")


def _hidden_scopes(net: Net) -> Iterator[tuple[int, Scope]]:
    """For every hidden layer: its sums as symbols, and what follows from them."""
    for layer in range(1, net.depth):
        here, behind = net.layers[layer - 1], layer + 1
        z = net.row("z", layer)
        a = here.apply(z)
        W = net.weights(behind)
        following = affine.function(a, W, net.biases(behind))
        whole = net.from_sums(layer, z)
        n, m = net.sizes[layer], net.sizes[behind]
        yield (
            layer,
            Scope(
                {
                    "dJ": [Formula(sympy.diff(whole, v.expression)) for v in z[0]],
                    "next": net.deltas(behind, following),
                    "dz": [
                        [Formula(sympy.diff(v.expression, u.expression)) for u in z[0]] for v in following[0]
                    ],
                    "z": list(z[0]),
                    "a": list(a[0]),
                    "w": [list(column) for column in W.T],
                    "b": list(net.biases(behind)),
                    "slope": list(here.slopes(z)[0]),
                },
                counts={"n": n, "m": m},
            ),
        )


def _hidden(page: Page, net: Net, rows: bool) -> None:
    scopes = [scope for layer, each in _hidden_scopes(net) for scope in places(each, {"j": net.sizes[layer]})]
    zj = indexed("z", _at("z", "l", "j"), "j")
    following = indexed("next", _at(r"\delta", "l+1", "k"), "k")
    slope = indexed("slope", f"f'({zj.tex})", "j")
    summed = total(
        "i",
        "n",
        indexed("w", _weight("k", "i", "l+1", rows), "k", "i")
        * indexed("a", f"f({_at('z', 'l', 'i')})", "i"),
    ) + indexed("b", _at("b", "l+1", "k"), "k")
    weight = indexed("w", _weight("k", "j", "l+1", rows), "k", "j")
    inner = indexed("dz", rf"\frac{{\partial {_at('z', 'l+1', 'k')}}}{{\partial {zj.tex}}}", "k", "j")
    outer = indexed("next", rf"\frac{{\partial J}}{{\partial {_at('z', 'l+1', 'k')}}}", "k")
    proof = Derivation(indexed("dJ", _at(r"\delta", "l", "j"), "j"), scopes)
    proof.line(indexed("dJ", rf"\frac{{\partial J}}{{\partial {zj.tex}}}", "j"), "definition")
    proof.line(
        total("k", "m", outer * inner),
        f"chain rule: ${zj.tex}$ acts by way of every ${_at('z', 'l+1', 'k')}$",
    )
    proof.line(total("k", "m", following * inner), r"definition of $\delta$")
    proof.line(total("k", "m", following * derivative(summed, zj, partial=True)), "what $z$ is there")
    proof.line(total("k", "m", following * (weight * slope)), "only the term with $i = j$ depends on it")
    proof.line(total("k", "m", weight * following) * slope, "the factor without $k$ taken out")
    hidden = net.layers[:-1]
    if len({layer.name for layer in hidden}) == 1:
        _with_own_slope(proof, hidden[0], indexed("a", _at("a", "l", "j"), "j"), slope)
    proof.write(page)


def _layer_scopes(net: Net) -> Iterator[tuple[int, Scope]]:
    """For every layer: its inputs and weights as symbols, and what follows from them."""
    for layer in range(1, net.depth + 1):
        a = net.row("x" if layer == 1 else "a", layer - 1)
        W, b = net.weights(layer), net.biases(layer)
        z = affine.function(a, W, b)
        whole = net.from_sums(layer, z)
        behind, before = range(net.sizes[layer]), range(net.sizes[layer - 1])
        yield (
            layer,
            Scope(
                {
                    "delta": net.deltas(layer, z),
                    "a": list(a[0]),
                    "w": [list(column) for column in W.T],
                    "b": list(b),
                    "dJw": [[Formula(sympy.diff(whole, W[k, j].expression)) for k in before] for j in behind],
                    "dJb": [Formula(sympy.diff(whole, b[j].expression)) for j in behind],
                    "dzw": [
                        [Formula(sympy.diff(z[0, j].expression, W[k, j].expression)) for k in before]
                        for j in behind
                    ],
                    "dzb": [Formula(sympy.diff(z[0, j].expression, b[j].expression)) for j in behind],
                },
                counts={"n": net.sizes[layer - 1]},
            ),
        )


def _weights(page: Page, net: Net, layers: list[tuple[int, Scope]], rows: bool) -> None:
    scopes = [
        scope
        for layer, each in layers
        for scope in places(each, {"j": net.sizes[layer], "k": net.sizes[layer - 1]})
    ]
    w = indexed("w", _weight("j", "k", "l", rows), "j", "k")
    zj, delta = _at("z", "l", "j"), indexed("delta", _at(r"\delta", "l", "j"), "j")
    outer = indexed("delta", rf"\frac{{\partial J}}{{\partial {zj}}}", "j")
    inner = indexed("dzw", rf"\frac{{\partial {zj}}}{{\partial {w.tex}}}", "j", "k")
    summed = _sum_in(rows)
    proof = Derivation(indexed("dJw", rf"\frac{{\partial J}}{{\partial {w.tex}}}", "j", "k"), scopes)
    proof.line(outer * inner, f"chain rule: of the sums, ${zj}$ alone depends on ${w.tex}$")
    proof.line(delta * derivative(summed, w, partial=True), r"definition of $\delta$ and of $z$")
    proof.line(delta * indexed("a", _at("a", "l-1", "k"), "k"), "only the term with $i = k$ depends on it")
    proof.write(page)


def _sum_in(rows: bool) -> Expression:
    return total(
        "i",
        "n",
        indexed("w", _weight("j", "i", "l", rows), "j", "i") * indexed("a", _at("a", "l-1", "i"), "i"),
    ) + indexed("b", _at("b", "l", "j"), "j")


def _biases(page: Page, net: Net, layers: list[tuple[int, Scope]], rows: bool) -> None:
    scopes = [scope for layer, each in layers for scope in places(each, {"j": net.sizes[layer]})]
    b, zj = indexed("b", _at("b", "l", "j"), "j"), _at("z", "l", "j")
    delta = indexed("delta", _at(r"\delta", "l", "j"), "j")
    outer = indexed("delta", rf"\frac{{\partial J}}{{\partial {zj}}}", "j")
    inner = indexed("dzb", rf"\frac{{\partial {zj}}}{{\partial {b.tex}}}", "j")
    proof = Derivation(indexed("dJb", rf"\frac{{\partial J}}{{\partial {b.tex}}}", "j"), scopes)
    proof.line(outer * inner, "chain rule")
    proof.line(delta * derivative(_sum_in(rows), b, partial=True), r"definition of $\delta$ and of $z$")
    proof.line(delta * Expression(1), f"${b.tex}$ stands alone")
    proof.line(delta, "times 1")
    proof.write(page)
