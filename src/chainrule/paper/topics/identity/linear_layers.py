"""Linear layers one after another are one linear layer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.networks import read_network
from chainrule.paper.topics.identity.proofs import ProofError
from chainrule.rules.affine import affine, linear_map


def linear_layers(page: Page, given: Any) -> None:
    """Linear layers one after another are one linear layer."""
    rows = page.question.convention == "rows"
    net = replace(read_network(given), rows=rows)
    if net.depth < 2:
        raise SheetError(f"given.sizes: expected two layers or more, as [2, 3, 1]; got {net.sizes}")
    page.part("proof", "Proof")
    composed, one = (
        (r"(x W_{1} + b_{1}) W_{2} + b_{2} = x W_{1} W_{2} + (b_{1} W_{2} + b_{2})", "W_{1} W_{2}")
        if rows
        else (r"W_{2} (W_{1} x + b_{1}) + b_{2} = W_{2} W_{1} x + (W_{2} b_{1} + b_{2})", "W_{2} W_{1}")
    )
    page.remark(
        rf"Two layers: ${composed}$, which is one layer with the weights ${one}$. The next layer joins it "
        "in the same way."
    )
    page.part("result", "The one layer")
    outputs = net.row("x", 0)
    for layer in range(1, net.depth + 1):
        outputs = affine.function(outputs, net.weights(layer), net.biases(layer))
        page.give(f"W{layer}", net.weights(layer), hidden=True)
        page.give(f"b{layer}", net.biases(layer).reshape(1, -1), hidden=True)
    W, b = "W1", "b1"
    for layer in range(2, net.depth + 1):
        ending, tex = ("", "") if layer == net.depth else (f"_to_{layer}", rf"_{{\text{{to }} {layer}}}")
        page.work(f"W{ending}", linear_map, W, f"W{layer}", symbol=f"W{tex}")
        page.work(f"b{ending}", affine, b, f"W{layer}", f"b{layer}", symbol=f"b{tex}")
        W, b = f"W{ending}", f"b{ending}"
    single = affine.function(net.row("x", 0), page[W], page[b])
    for several, one_layer in zip(outputs.flat, single.flat, strict=True):
        if not compare(several.expression, one_layer.expression).equal:
            raise ProofError("the composed layers are not one")
    page.remark("Checked: every output of the layers, one after another, is that of the one layer.")
