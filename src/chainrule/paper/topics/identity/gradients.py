"""The gradients of a network: as matrices, worked in letters, and checked on the whole loss."""

from __future__ import annotations

import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.topics.identity.crossentropy import worked
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.networks import Net
from chainrule.paper.topics.identity.proofs import ProofError
from chainrule.rules.affine import affine, affine_db, affine_dW, affine_dx
from chainrule.rules.calculus import through_slope


def write_matrices(page: Page, net: Net, rows: bool) -> None:
    d, a = r"\delta^{(l)}", "a^{(l-1)}"
    slope = r"f'(z^{(l)})"
    if rows:
        page.remark(
            rf"With samples in rows, $z^{{(l)}} = {a} W^{{(l)}} + b^{{(l)}}$: "
            rf"${d} = \left( \delta^{{(l+1)}} {{W^{{(l+1)}}}}^{{\top}} \right) \odot {slope}$, "
            rf"$\frac{{\partial J}}{{\partial W^{{(l)}}}} = {{{a}}}^{{\top}} {d}$, "
            rf"$\frac{{\partial J}}{{\partial b^{{(l)}}}} = {d}$."
        )
    else:
        page.remark(
            rf"With samples in columns, $z^{{(l)}} = W^{{(l)}} {a} + b^{{(l)}}$: "
            rf"${d} = \left( {{W^{{(l+1)}}}}^{{\top}} \delta^{{(l+1)}} \right) \odot {slope}$, "
            rf"$\frac{{\partial J}}{{\partial W^{{(l)}}}} = {d} {{{a}}}^{{\top}}$, "
            rf"$\frac{{\partial J}}{{\partial b^{{(l)}}}} = {d}$."
        )


def work_gradients(page: Page, net: Net) -> None:
    """The gradients of this network, in the symbols of its quantities, by the rules that train."""
    depth = net.depth
    page.give("a0", net.row("x", 0), symbol="x", hidden=True)
    page.give("y", net.row("y", depth), hidden=True)
    for layer in range(1, depth + 1):
        page.give(f"W{layer}", net.weights(layer), hidden=True)
        page.give(f"z{layer}", net.row("z", layer), hidden=True)
        page.give(f"a{layer}", net.row("a", layer), hidden=True)
    for layer in range(depth, 0, -1):
        here = net.layers[layer - 1]
        if layer == depth and net.loss.fuses_with(here.name):
            fused = net.loss.gradient_behind(here.name)
            page.work(f"dz{layer}", fused, "y", f"a{layer}", symbol=_slope_tex("z", layer))
        else:
            symbol = _slope_tex("a", layer)
            if layer == depth:
                page.work(f"da{layer}", net.loss.gradient, "y", f"a{layer}", symbol=symbol)
            else:
                page.work(f"da{layer}", affine_dx, f"dz{layer + 1}", f"W{layer + 1}", symbol=symbol)
            _through_activation(page, net, layer)
        page.work(f"dW{layer}", affine_dW, f"a{layer - 1}", f"dz{layer}", symbol=_slope_tex("W", layer))
        page.work(f"db{layer}", affine_db, f"dz{layer}", symbol=_slope_tex("b", layer))


def _slope_tex(letter: str, layer: int) -> str:
    return rf"\frac{{\partial J}}{{\partial {letter}_{{{layer}}}}}"


def _through_activation(page: Page, net: Net, layer: int) -> None:
    here, symbol = net.layers[layer - 1], _slope_tex("z", layer)
    if here.entry is None:
        slopes = here.slopes(net.row("z", layer))
        page.give(f"slope{layer}", slopes, symbol=f"f'(z_{{{layer}}})", hidden=True)
        page.work(f"dz{layer}", through_slope, f"da{layer}", f"slope{layer}", symbol=symbol)
    else:
        backward = here.entry.backward
        page.work(f"dz{layer}", backward, f"da{layer}", f"z{layer}", f"a{layer}", symbol=symbol)


def check_whole(page: Page, net: Net) -> None:
    """Compare the rules, run backward through the whole network, with the derivative of its loss."""
    a = net.row("x", 0)
    inputs, sums, outputs = [], [], []
    for layer in range(1, net.depth + 1):
        inputs.append(a)
        sums.append(affine.function(a, net.weights(layer), net.biases(layer)))
        a = net.layers[layer - 1].apply(sums[-1])
        outputs.append(a)
    y = net.row("y", net.depth)
    fused = net.loss.fuses_with(net.layers[-1].name)
    whole = worked(net.loss.value, y, a).expression
    if fused and net.layers[-1].name == "softmax":
        free = y[0, -1].expression
        y[0, -1] = Formula(1 - sum(v.expression for v in y[0, :-1]))
        whole = whole.xreplace({free: y[0, -1].expression})
    da, compared = net.loss.gradient.function(y, a), 0
    for layer in range(net.depth, 0, -1):
        here = net.layers[layer - 1]
        if layer == net.depth and fused:
            dz = net.loss.gradient_behind(here.name).function(y, a)
        elif here.entry is None:
            dz = da * here.slopes(sums[layer - 1])
        else:
            dz = here.entry.backward.function(da, sums[layer - 1], outputs[layer - 1], **here.entry.options)
        da = affine_dx.function(dz, net.weights(layer))
        pairs = [
            (affine_dW.function(inputs[layer - 1], dz), net.weights(layer)),
            (affine_db.function(dz), net.biases(layer)),
        ]
        for gradients, names in pairs:
            for gradient, name in zip(gradients.flat, names.flat, strict=True):
                if not compare(gradient.expression, sympy.diff(whole, name.expression)).equal:
                    raise ProofError(f"the gradient in {name} is not the derivative of the loss")
                compared += 1
    page.remark(
        f"Checked: run backward from the inputs' symbols, these rules give in all {compared} weights "
        "and biases the derivative of the whole composed loss."
    )
