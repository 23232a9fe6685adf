"""What a reader needs to follow a network of any layers: arguments, rows, signs; and mistakes in layers."""

import numpy as np
import pytest

from chainrule.cli.main import run
from chainrule.layers import Branches
from chainrule.paper.explain import explain
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from network_oracle import floats, sheet

IMAGE = "x = [[1, 2, 0], [0, 1, 3], [2, 0, 1]]"
KERNEL = 'layer = "Conv2D", filters = 1, kernel_size = 2, kernel_initializer = "ones"'
EMBEDDING = 'layers = [{ layer = "Embedding", input_dim = 3, output_dim = 2, W = [[1, 2], [3, 4], [5, 6]] }]'


def worked(given, find=None, more=""):
    return solve(sheet(given, find, more))["q"]


def table_of(given):
    """The rows of the table of layers, without the heads."""
    part = next(part for part in worked(given).parts if part.id == "network")
    return [list(row) for row in part.items[0].rows]


# ---------------------------------------------------------------------------- the network


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "kernel size 2 × 2"),
        (", strides = [1, 2]", "kernel size 2 × 2, strides 1 × 2"),
        (', padding = "same"', "kernel size 2 × 2, padding same"),
        (", padding = [[1, 0], [1, 1]]", "kernel size 2 × 2, padding (1, 0) × 1"),
        (", dilation_rate = 2", "kernel size 2 × 2, dilation rate 2 × 2"),
    ],
)
def test_the_arguments_that_no_formula_shows_are_told(arguments, told):
    rows = table_of(f"{IMAGE}\nlayers = [{{ {KERNEL}{arguments} }}]\ntraining = false")
    assert [row[3] for row in rows] == [told]


def test_pooling_tells_its_window_and_every_layer_what_it_takes_and_gives():
    rows = table_of(
        f"""{IMAGE}
training = false
layers = [
  {{ layer = "Residual", layers = [{{ {KERNEL}, padding = "same" }}] }},
  {{ layer = "MaxPooling2D" }},
  {{ layer = "PReLU", shared_axes = [1, 2] }},
]"""
    )
    assert rows == [
        ["1,1", "Conv2D", "$x$", "kernel size 2 × 2, padding same", "3 × 3 × 1"],
        ["1", "Residual", "$a_{1,1}$, $x$", "", "3 × 3 × 1"],
        ["2", "MaxPooling2D", "$a_{1}$", "pool size 2 × 2, strides 2 × 2", "1 × 1 × 1"],
        ["3", "PReLU", "$a_{2}$", "shared axes 1 and 2", "1 × 1 × 1"],
    ]


def test_dense_layers_worked_once_need_no_table():
    q = worked('x = [[1]]\ny = [2]\nlayers = [{ layer = "Dense", units = 1, W = [[2]] }]')
    assert "network" not in {part.id for part in q.parts}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("epochs = 2", "Each of the 2 updates takes all rows."),
        ("batch_size = 2", "Update 1 takes rows 1 to 2, update 2 takes row 3:"),
        ("batch_size = 1\nepochs = 3", "update 6 takes row 3, and so on, 9 in all:"),
    ],
)
def test_the_rows_of_each_update_are_told(more, told):
    dense = 'layers = [{ layer = "Dense", units = 1, W = [[2]] }]'
    assert told in str(worked(f"x = [[1], [2], [3]]\ny = [2, 1, 0]\n{dense}\n{more}", ["W1"]))


def test_what_only_an_update_takes_is_given_only_with_one():
    given = 'x = [[1]]\ny = [2]\noptimizer = "adam"\nlayers = [{ layer = "Dense", units = 1, W = [[2]] }]'
    names = {"W1", "b1", "x", "y"}
    learning = {"learning_rate", "t", "mW1", "mb1", "vW1", "vb1"}
    assert {q.name for q in worked(given, ["forward", "loss", "gradients"]).given} == names
    assert {q.name for q in worked(given).given} == names | learning
    assert {q.name for q in worked(given + "\nepochs = 2", ["z1.2"]).given} == names | learning
    assert {q.name for q in worked(given, ["loss_after"]).given} == names | learning


# ------------------------------------------------------------------------------ the working


def test_a_looked_up_row_is_read_off_and_its_gradient_is_a_product_with_ones_and_zeros():
    q = worked("x = [[2, 0]]\ny = [[[1, 1], [0, 0]]]\n" + EMBEDDING, ["a1", "dW1"])
    text = str(q)
    assert "a₁[1,1] = 5" in text
    assert "∂L/∂W₁[1,1] = 0·2 + 1·0.5 = 1/2" in text
    assert "rows are counted from 0" in text
    np.testing.assert_array_equal(floats(q["a1"]), [[[5, 6], [1, 2]]])


@pytest.mark.parametrize(("number", "said"), [("3", "3"), ("-1", "-1"), ("0.5", "1/2"), ('"a"', "a")])
def test_an_id_that_names_no_row_is_told(number, said):
    with pytest.raises(SheetError, match=rf"a1 = embedded\(x, W1\): ids are .* 0 to 2; got {said}$"):
        worked(f"x = [[{number}, 0]]\ntraining = false\n" + EMBEDDING)


def test_the_gradient_of_pooling_is_told_in_words_once():
    """Windows that are laid at every place give as many gradients as there are inputs."""
    given = f'{IMAGE}\ny = [[1, 2, 0], [0, 1, 3], [2, 0, 1]]\nlayers = [{{ layer = "MaxPooling2D", '
    q = worked(given + 'pool_size = 2, strides = 1, padding = "same" }]', ["dx"])
    entry = next(item for part in explain(q) for item in part.entries)
    assert "goes to the first largest" in entry.formula_plain
    assert not [line.plain for line in entry.lines if "goes to" in line.plain]


@pytest.mark.parametrize(("weight", "sign"), [("0.5", "= "), ("1/3", "= "), ("ln 2", r"\approx ")])
def test_matrices_of_rounded_numbers_are_put_in_with_that_sign(weight, sign, tmp_path):
    path = tmp_path / "q.md"
    dense = f'layer = "Dense", units = 1, W = [["{weight}"], [1]]'
    worked(f"x = [[1, 2]]\ntraining = false\nlayers = [{{ {dense} }}]").save(path)
    lines = [line for line in path.read_text().splitlines() if line.startswith("$$ z_{1}")]
    assert lines[1].startswith(r"$$ z_{1} " + sign + r"{\begin{bmatrix} 1 & 2")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("BatchNormalization", "m = 4 values of each feature"), ("LayerNormalization", "c = 2 features")],
)
def test_normalization_says_what_it_divides_by(kind, said):
    x = "x = [[[[1, 2], [3, 6]], [[5, 4], [2, 2]]]]"
    text = str(worked(f'{x}\ny = {x[4:]}\nlayers = [{{ layer = "{kind}" }}]', ["mean1", "var1", "dx"]))
    assert text.count(said) == 3


# ---------------------------------------------------------------------------------- mistakes

ROW = "x = [[1, 2]]\n"
DROPOUT = "layers = [{{ layer = 'Dropout', rate = 0.5, {} }}]"
MISTAKES = {
    "a mask of other numbers": (ROW + DROPOUT.format("mask = [2, 0]"), "layers[1].mask: expected 1 where an"),
    "u above 1": (
        ROW + DROPOUT.format("u = [0.5, 1.5]"),
        "layers[1].u: expected numbers from 0 to 1; got 3/2",
    ),
    "mask and u": (
        ROW + DROPOUT.format("mask = [1, 0], u = [0.5, 0.1]"),
        "layers[1].u: is of no use where mask is given; leave out one",
    ),
    "a mask for predicting": (
        ROW + DROPOUT.format("mask = [1, 0]") + "\ntraining = false",
        "layers[1].mask: is of no use where training is false",
    ),
    "a padding with a point": (
        f"{IMAGE}\nlayers = [{{ {KERNEL}, padding = 0.5 }}]",
        "layers[1]: padding must be a whole number, got 0.5",
    ),
    "branches that are a number": (
        ROW + "layers = [{ layer = 'Branches', branches = 3 }]",
        "layers[1].branches: expected layers as tables",
    ),
    "layers that are text": (
        ROW + "layers = [{ layer = 'Residual', layers = ['Dense'] }]",
        "layers[1].layers[1]: expected layers as tables, as { layer = \"Flatten\" }; got 'Dense'",
    ),
    "an inner table without its layer": (
        ROW + "layers = [{ layer = 'Residual', layers = [{ units = 2 }] }]",
        "layers[1].layers[1].layer: is missing",
    ),
    "w for W": (
        ROW + "layers = [{ layer = 'Dense', units = 1, w = [[1], [2]] }]",
        "layers[1].w: unknown key (did you mean 'W'?)",
    ),
}


@pytest.mark.parametrize(("given", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_in_layers_are_named_with_their_place(given, expected):
    more = "" if "training" in given else "\ny = [[1, 2]]"
    with pytest.raises(SheetError) as error:
        worked(given + more)
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


def test_a_step_that_cannot_be_worked_is_one_line_with_status_2(tmp_path, capsys):
    path = tmp_path / "ids.toml"
    path.write_text(sheet("x = [[7]]\ntraining = false\n" + EMBEDDING))
    assert run(["solve", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ids are whole numbers from 0 to 2; got 7" in said


@pytest.mark.parametrize("branches", [3, "ab"])
def test_branches_that_are_no_lists_are_told_of_in_python_too(branches):
    with pytest.raises(TypeError, match=r"branches are lists of layers, as .*; got"):
        Branches(branches)
