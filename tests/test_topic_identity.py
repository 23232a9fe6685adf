"""Derivations on worksheets: mistakes in a question, and the pages."""

import json
import subprocess
import sys

import nbformat
import pytest

from chainrule.cli.main import main
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from identity_cases import SHEETS, worked

MISTAKES = [
    ({"identity": "sigmoid"}, "unknown identity 'sigmoid'"),
    ({}, "expected one of identity, left (a claim) and equation"),
    ({"identity": "variance", "left": "z", "right": "z"}, "got identity and left"),
    ({"identity": "variance", "classes": 3}, "classes does not belong to identity 'variance'"),
    ({"identity": "softmax_shift", "classes": 1}, "classes"),
    ({"identity": "softmax_shift", "classes": 99}, "classes"),
    ({"identity": "activation_derivative"}, "needs activation"),
    ({"identity": "activation_derivative", "activation": "sigmod"}, "did you mean 'sigmoid'?"),
    ({"identity": "activation_derivative", "activation": "softmax"}, "depends on all inputs"),
    ({"identity": "activation_derivative", "activation": {"name": "elu", "beta": 1}}, "does not take 'beta'"),
    ({"identity": "backpropagation"}, "needs sizes"),
    ({"identity": "backpropagation", "sizes": [2]}, "given.sizes: expected 2 to 5 sizes"),
    (
        {"identity": "backpropagation", "sizes": [2, 1], "activations": {"name": "elu"}},
        "given.activations: expected a name",
    ),
    ({"left": "1/0", "right": "1"}, "given.left: division of 1 by 0"),
    ({"left": "z", "right": "ln(-1)"}, "given.right: logarithm of -1"),
    ({"left": "z^(1/3)", "right": "z"}, "given.left: the power 1/3 is not a whole number"),
    ({"left": "z", "right": "z", "define": {"e": "2"}}, "'e' cannot be a name"),
    ({"equation": "y' = 1/0"}, "given.equation: division of 1 by 0"),
    ({"equation": "y' = y", "weights": {"physics": -1}}, "given.weights.physics: -1"),
    (
        {"equation": "y' = y^2", "trial": "1/(1 - x)", "points": [1]},
        "given.points: at 1 the trial function has no value",
    ),
    (
        {"identity": "weight_decay", "penalty": "lambda/2n", "n": 0},
        "given.n: 0; expected a number of at least 1",
    ),
    ({"identity": "weight_decay", "learning_rate": -1}, "given.learning_rate: -1"),
    ({"identity": "backpropagation", "sizes": [2, 0]}, "expected 1 to 6 units"),
    ({"identity": "backpropagation", "sizes": [6, 6, 6]}, "84 weights and biases; expected at most 40"),
    ({"identity": "backpropagation", "sizes": [2, 2, 1], "activations": ["tanh"]}, "1 of them for 2 layers"),
    ({"identity": "backpropagation", "sizes": [2, 1], "activations": "sigmod"}, "did you mean 'sigmoid'?"),
    (
        {"identity": "backpropagation", "sizes": [2, 2, 1], "activations": "softmax"},
        "in the last layer alone",
    ),
    ({"identity": "backpropagation", "sizes": [2, 1], "loss": "mae"}, "expected one of mean_squared_error"),
    ({"identity": "backpropagation", "sizes": [2, 1], "loss": "msee"}, "unknown loss 'msee'"),
    ({"identity": "backpropagation", "sizes": [2, 2], "activations": "softmax"}, "categorical_crossentropy"),
    ({"identity": "linear_layers", "sizes": [2, 1]}, "expected two layers or more"),
    ({"identity": "weight_decay", "penalty": "lambda/3"}, "given.penalty: 'lambda/3'"),
    ({"identity": "weight_decay", "n": 3}, "given.n: belongs to the penalty"),
    ({"identity": "batch_normalization", "epsilon": "out"}, "given.epsilon: 'out'"),
    ({"identity": "uniform", "a": 2, "b": 2}, "given.b: expected more than a"),
    ({"left": "z"}, "a claim needs right"),
    ({"left": "z +", "right": "z"}, "given.left: cannot read 'z +'"),
    ({"left": "f(z)", "right": "z"}, "unknown function 'f'"),
    ({"left": "z*w", "right": "z", "derivative": 1}, "given.variable: is missing"),
    (
        {"left": "z", "right": "z", "derivative": 1, "variable": "w"},
        "given.variable: 'w' is not in the formulas",
    ),
    ({"left": "2", "right": "2", "derivative": 1}, "given.variable: is missing; the formulas have no name"),
    ({"left": "z", "right": "z", "derivative": 9}, "derivative"),
    ({"left": "z", "right": "z", "define": {"a b": "1"}}, "'a b' cannot be a name"),
    ({"left": "z", "right": "z", "define": {"a": "a + 1"}}, "a is defined by itself"),
    ({"left": "z", "right": "z", "at": {"w": 1}}, "given.at: 'w' is not in the formulas"),
    ({"left": "z*w", "right": "z", "at": {"z": 1}}, "given.at: w is missing"),
    ({"left": "z", "right": "z", "at": {"z": "√2"}}, "given.at.z: expected a whole number"),
    ({"left": "1/(z - z)", "right": "z"}, "division"),
    ({"identity": "backpropagation", "sizes": [1, 1, 1, 1, 1, 1]}, "sizes"),
    ({"equation": "u_xx + u"}, "expected one equals sign"),
    ({"equation": "u_xx = u = 0"}, "expected one equals sign"),
    ({"equation": "u + x = 0"}, "has no unknown"),
    ({"equation": "u_x + v_x = 0"}, "derivatives of u and v"),
    ({"equation": "u_x = 0", "variables": ["xy"]}, "expected single letters"),
    ({"equation": "u_x = 0", "variables": ["t"]}, "has no unknown"),
    ({"equation": "u_xxxxx = 0"}, "expected at most 4"),
    ({"equation": "u_x + ) = 0"}, "given.equation: cannot read"),
    ({"equation": "(y + 1)' = 0"}, "cannot read the prime"),
    ({"equation": "u_x = 0", "boundary": {"0": ""}}, "has no value"),
    ({"equation": "u_x = 0", "boundary": {"v(0)": 1}}, "'v' is not the unknown"),
    ({"equation": "u_x = 0", "boundary": {"u(0, 1)": 1}}, "2 places; expected one for each variable of u(x)"),
    ({"equation": "u_x = 0", "boundary": {"u(x)": 1}}, "expected a place"),
    ({"equation": "u_t = u_xx", "boundary": {"u(0, t)": "x"}}, "the value depends on x"),
    ({"equation": "u_x = 0", "weights": {"initial": 1}}, "is no part of this loss"),
    ({"equation": "u_x = 0", "points": [1]}, "expected a trial function"),
    ({"equation": "u_x = 0", "trial": "u + 1"}, "the unknown u is in it"),
    ({"equation": "u_x = 0", "trial": "x", "parameters": {"x": 1}}, "is a variable"),
    ({"equation": "u_x = 0", "trial": "x", "parameters": {"c": 1}}, "'c' is neither in the trial"),
    ({"equation": "u_t = u_x", "trial": "x", "points": [1]}, "expected rows of 2: x, t"),
    (
        {"equation": "u_t = u_x", "trial": "x", "boundary": {"u(0, t)": 1}, "points": [[1, 1]]},
        "boundary_points",
    ),
    ({"equation": "u_x = 0", "collocation": 0}, "collocation"),
    ({"equation": "u_x = 0", "trial": "1/x", "points": [0]}, "division"),
]


@pytest.mark.parametrize(
    ("question", "said"), MISTAKES, ids=[m[1][:40] or str(i) for i, m in enumerate(MISTAKES)]
)
def test_every_mistake_is_one_line_with_its_place(question, said):
    with pytest.raises(ValueError, match=r"^question 'q'") as caught:
        worked(**question)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message


def test_a_mistake_ends_the_command_with_2(tmp_path, capsys):
    sheet = tmp_path / "s.toml"
    sheet.write_text('[[question]]\nid = "q"\ntopic = "identity"\n[question.given]\nidentity = "x"\n')
    with pytest.raises(SystemExit) as ended:
        main(["solve", str(sheet)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_there_is_nothing_to_round_in_a_derivation():
    text = (
        '[[question]]\nid = "q"\ntopic = "identity"\nrounding = 3\n[question.given]\nidentity = "variance"\n'
    )
    with pytest.raises(ValueError, match="nothing to round"):
        solve(text)


@pytest.fixture(scope="module")
def sheet():
    return solve(SHEETS / "16-identities.toml")


def test_every_format_is_written(sheet, tmp_path):
    document = Document([sheet])
    for ending in ("html", "tex", "md", "ipynb", "json"):
        document.save(tmp_path / f"sheet.{ending}")
    text = {file.suffix: file.read_text(encoding="utf-8") for file in tmp_path.iterdir() if file.is_file()}
    assert text[".html"].count("<math") > 300
    assert "\\begin{document}" in text[".tex"]
    assert "sigmoid-slope" in text[".md"]
    nbformat.validate(nbformat.reads(text[".ipynb"], as_version=4))
    assert json.loads(text[".json"])["questions"][0]["id"] == "sigmoid-slope"
    assert "σ'(z)" in str(document)


def test_the_parts_can_be_asked_for():
    working = worked(identity="backpropagation", sizes=[2, 1], find=["output", "dW1"])
    assert [part.id for part in working.parts] == ["output", "gradients"]
    assert working.names == ["dW1"]


def test_the_topic_is_known_without_sympy():
    code = (
        "import sys; from chainrule.paper.topics import load; load('identity').Given; "
        "sys.exit('sympy' in sys.modules or 'jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
