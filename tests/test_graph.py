"""The computational graph: every edge carries its quantity's name, value and gradient."""

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from chainrule.paper.graph_marks import CHARACTER
from chainrule.paper.solving import solve

EXAMPLES = Path(__file__).parent.parent / "examples"
SVG = "{http://www.w3.org/2000/svg}"
LONG = """
[[question]]
id = "wide"
topic = "network"
[question.given]
x = [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]
y = [1]
loss = "bce"
layers = [
  { layer = "Dense", units = 6, kernel_initializer = "ones", activation = "tanh" },
  { layer = "PReLU" },
  { layer = "Dense", units = 1, kernel_initializer = "ones", activation = "sigmoid", use_bias = false },
]

[[question]]
id = "sparse"
topic = "network"
[question.given]
x = [[1, 2], [3, 4]]
y = [1, 0]
loss = "sparse_categorical_crossentropy"
layers = [{ layer = "Dense", units = 3, W = [[1, 2, 3], [4, 5, 6]], activation = "softmax" }]

[[question]]
id = "bare"
topic = "network"
[question.given]
x = [[0.5]]
y = [1]
loss = "hinge"
layers = [{ layer = "LeakyReLU" }]
"""

BRANCHED = """
[[question]]
id = "residual"
topic = "network"
[question.given]
x = [[1, 2]]
y = [[0, 1]]
layers = [
  { layer = "Dense", units = 2, W = [[1, 2], [3, 4]] },
  { layer = "Residual", activation = "relu", layers = [
    { layer = "Dense", units = 2, W = [[1, 0], [2, 1]] },
    { layer = "BatchNormalization" },
  ] },
]

[[question]]
id = "inception"
topic = "network"
[question.given]
x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
y = [1]
layers = [
  { layer = "Branches", branches = [
    [{ layer = "Conv2D", filters = 1, kernel_size = 1, W = [1, 1], kernel_regularizer = "l2" }],
    [{ layer = "Dropout", rate = 0.5, mask = [[[1, 0], [1, 1]], [[0, 0], [1, 0]]] },
     { layer = "Conv2D", filters = 2, kernel_size = 2, padding = "same", kernel_initializer = "ones" }],
    [],
  ] },
  { layer = "GlobalMaxPooling2D" },
  { layer = "Dense", units = 1, kernel_initializer = "ones" },
]
"""


def workings():
    for name in ("week4", "xor", "symbols"):
        yield from solve(EXAMPLES / f"{name}.toml").workings
    yield from solve(LONG).workings
    yield from solve(BRANCHED).workings


WORKINGS = {working.name: working for working in workings()}


def drawn(name):
    return ET.fromstring(WORKINGS[name].graph())


def texts(name, kind=None):
    found = [t for t in drawn(name).iter(f"{SVG}text") if kind is None or t.get("class") == kind]
    return [t.text.strip() for t in found]


def test_a_chain_has_each_quantity_with_value_and_gradient():
    found = texts("q1")
    for name, value, gradient in [
        ("x", "[1, 2]", "∂ [−2.198, −4.930]"),
        ("W₁", "[0.2, 0.3]", "∂ [−2.97, −5.346]"),
        ("W₁", "[0.4, 0.7]", "[−5.94, −10.69]"),
        ("b₁", "[0, 0]", "∂ [−2.97, −5.346]"),
        ("z₁", "[1, 1.7]", "∂ [−2.97, −5.346]"),
        ("a₁", "[1, 1.7]", "∂ [−2.97, −5.346]"),
        ("W₂", "[0.5, 0.9]", "∂ [−5.94, −10.10]"),
        ("z₂", "2.03", "∂ −5.94"),
        ("a₂", "2.03", "∂ −5.94"),
        ("y", "5", None),
        ("L", "8.821", "∂L/∂L = 1"),
    ]:
        assert name in texts("q1", "name")
        assert value in " ".join(found)
        if gradient:
            assert gradient in " ".join(texts("q1", "gradient"))
    operations = ("x W + b", "relu", "linear", "MSE")
    assert [t for t in found if t in operations] == ["x W + b", "relu", "x W + b", "linear", "MSE"]


def test_the_first_update_of_several_is_drawn():
    assert {"x⁽¹⁾", "z₁⁽¹⁾", "L⁽¹⁾", "W₁"} <= set(texts("q2", "name"))
    assert {"∂ −5", "∂ −3"} <= set(texts("q2", "gradient"))


def test_symbols_stand_as_they_are():
    assert {"b + w x", "1/(1 + e^(−(b + w x)))", "w", "t"} <= set(texts("symbols"))


@pytest.mark.parametrize(("name", "loss"), [("q3", "CCE"), ("sparse", "SCCE"), ("wide", "BCE")])
def test_a_loss_that_takes_the_logits_too_has_a_second_dashed_edge(name, loss):
    again = [p for p in drawn(name).iter(f"{SVG}path") if "again" in (p.get("class") or "")]
    assert len(again) == 1
    assert "stroke-dasharray" in WORKINGS[name].graph()
    assert loss in texts(name)


@pytest.mark.parametrize("name", ["q1", "q2", "symbols", "xor", "bare"])
def test_a_plain_loss_has_none(name):
    assert not [p for p in drawn(name).iter(f"{SVG}path") if "again" in (p.get("class") or "")]


def again(name):
    return [p for p in drawn(name).iter(f"{SVG}path") if "again" in (p.get("class") or "")]


def test_a_shortcut_is_an_edge_of_its_own_to_the_sum():
    edges = again("residual")
    assert len(edges) == 4  # a1 to the sum, z2_1 to the variance and to what is normalized, the mean to that
    assert {"+", "var", "x\u0302"} & set(texts("residual")) >= {"+", "var"}
    assert all(edge.get("marker-end") for edge in edges)


def test_every_operation_has_as_many_edges_as_inputs():
    for name in ("residual", "inception"):
        steps = {**vars(WORKINGS[name].program)}
        inputs = sum(len(set(step.inputs)) for step in (*steps["forward"], *steps["loss"]))
        arrows = [e for e in drawn(name).iter() if e.get("marker-end")]
        assert len(arrows) == inputs + 1  # and one away from the loss


def test_images_are_given_by_their_shape():
    assert {"1×2×2×2", "∂ 1×2×2×2"} <= set(texts("inception"))


def test_wide_arrays_are_given_by_their_shape():
    assert {"10×6", "∂ 10×6", "[1, 2, 3, …, 10]", "∂ 6 values"} <= set(texts("wide"))


def box(element):
    """Left, top, right, bottom of a text or a rectangle."""
    x, y = float(element.get("x")), float(element.get("y"))
    if element.tag.endswith("rect"):
        return x, y, x + float(element.get("width")), y + float(element.get("height"))
    width = CHARACTER * len(element.text)
    left = x if element.get("text-anchor") == "start" else x - width / 2
    return left, y - 9, left + width, y + 2


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("name", WORKINGS)
def test_no_text_lies_over_another_or_over_an_operation_or_outside(name):
    graph = drawn(name)
    written = list(graph.iter(f"{SVG}text"))
    boxes = [box(t) for t in written]
    for (i, one), (j, other) in itertools.combinations(enumerate(boxes), 2):
        assert not overlap(one, other), (written[i].text, written[j].text)
    for circle in graph.iter(f"{SVG}circle"):
        x, y, r = (float(circle.get(k)) for k in ("cx", "cy", "r"))
        for text, place in zip(written, boxes, strict=True):
            inside = abs((place[0] + place[2]) / 2 - x) < 1 and abs(place[3] - y) < 10
            assert inside or not overlap(place, (x - r + 2, y - r + 12, x + r - 2, y + r - 12)), text.text
    _, _, width, height = map(float, graph.get("viewBox").split())
    sources = [box(r) for r in graph.iter(f"{SVG}rect")]
    for left, top, right, bottom in [*boxes, *sources]:
        assert (left >= 0, top >= 0, right <= width, bottom <= height) == (True,) * 4
    for one, other in itertools.combinations(sources, 2):
        assert not overlap(one, other)
