"""Questions about networks that cannot be worked: each is told in a line, with its place."""

import pytest

from chainrule.cli.main import run
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from network_oracle import ONE, WIDE, sheet

TWO = (
    'layers = [{ layer = "Dense", units = 2, W = [[1, 2]] }, { layer = "Dense", units = 1, W = [[1], [2]] }]'
)
RELU = TWO.replace("units = 2,", 'units = 2, activation = "relu",')
PLACES = "x = [[1]]\ny = [[1]]\n"
MISTAKES = {
    "nothing": (sheet(""), ["given.layers", "is missing"]),
    "layers alone": (sheet(TWO), ["given.x", "is missing", "how many inputs"]),
    "no y": (sheet("x = [[1]]\n" + TWO), ["given.y", "is missing", "say in find"]),
    "an update without y": (sheet("x = [[1]]\n" + TWO, ["update"]), ["find: 'update'"]),
    "a penalty without y": (
        sheet("x = [[1]]\npenalty = { name = 'l2', lambda = 1 }\n" + TWO, ["forward"]),
        ["given.penalty", "without y"],
    ),
    "inputs and x": (sheet("inputs = 1\n" + PLACES + TWO), ["given.inputs", "leave it out"]),
    "sizes and y": (sheet("inputs = 1\ny = [[1]]\n" + TWO), ["given.y", "without x"]),
    "forward of sizes": (
        sheet("inputs = 1\n" + TWO, ["forward"]),
        ["find: 'forward'", "needs x", "parameters"],
    ),
    "inputs of 0": (sheet("inputs = 0\n" + TWO), ["given.inputs"]),
    "inputs that do not fit": (sheet("inputs = 3\n" + TWO, ["collapse"]), ["given.layers[1].W", "3 × 2"]),
    "collapse of ReLU": (sheet(PLACES + RELU, ["collapse"]), ["find: collapse", "relu", "layer 1"]),
    "collapse of one layer": (
        sheet(PLACES + 'layers = [{ layer = "Dense", units = 1, W = [[1]] }]', ["collapse"]),
        ["find: collapse", "two Dense layers"],
    ),
    "collapse of a layer that is not dense": (
        sheet(
            PLACES + 'layers = [{ layer = "Dense", units = 1, W = [[1]] }, { layer = "ELU" }]', ["collapse"]
        ),
        ["find: collapse", "layer 2 is ELU"],
    ),
    "factors of one layer": (
        sheet(PLACES + 'layers = [{ layer = "Dense", units = 1, W = [[1]] }]', ["factors"]),
        ["find: factors", "two Dense layers"],
    ),
    "factors through softmax": (
        sheet(PLACES + TWO.replace("units = 2,", 'units = 2, activation = "softmax",'), ["factors"]),
        ["find: factors", "softmax", "layer 1"],
    ),
    "factors of no gradient": (
        sheet("x = [[1]]\ny = [[5]]\n" + TWO, ["factors"]),
        ["find: factors", "gradient in layer 2 is 0"],
    ),
    "dead without ReLU": (sheet(PLACES + TWO, ["dead"]), ["find: dead", "relu"]),
    "symmetry without updates": (sheet("x = [[1]]\n" + TWO, ["symmetry"]), ["find: symmetry needs y"]),
    "symmetry of single units": (
        sheet(
            PLACES
            + TWO.replace("units = 2, W = [[1, 2]]", "units = 1, W = [[1]]").replace("[[1], [2]]", "[[1]]"),
            ["symmetry"],
        ),
        ["find: symmetry", "two units or more"],
    ),
    "configurations without hidden layer": (
        sheet('inputs = 2\nlayers = [{ layer = "Dense", units = 1 }]', ["configurations"]),
        ["find: configurations", "hidden layer"],
    ),
    "configurations of many units": (
        sheet(
            'inputs = 2\nlayers = [{ layer = "Dense", units = 101 }, { layer = "Dense", units = 1 }]',
            ["configurations"],
        ),
        ["find: configurations", "at most 100", "101"],
    ),
    "a part that is not there": (sheet(PLACES + TWO, ["foward"]), ["find: 'foward'", "symmetry"]),
    "a penalty by its name": (
        sheet(PLACES + 'penalty = "l2"\n' + TWO),
        ["given.penalty", "expected a table"],
    ),
    "an unknown penalty": (
        sheet(PLACES + "penalty = { name = 'l3', lambda = 1 }\n" + TWO),
        ["given.penalty.name", "l1, l2", "'l3'"],
    ),
    "an unknown factor": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = 1, factor = '1/3' }\n" + TWO),
        ["given.penalty.factor", "1/2m", "'1/3'"],
    ),
    "a factor that is a number": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = 1, factor = 0.25 }\n" + TWO),
        ["given.penalty.factor", "1/2m"],
    ),
    "a penalty without lambda": (
        sheet(PLACES + "penalty = { name = 'l2' }\n" + TWO),
        ["given.penalty.lambda", "is missing"],
    ),
    "a negative lambda": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = -1 }\n" + TWO),
        ["given.penalty.lambda", "not below 0"],
    ),
    "several lambdas": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = [1, 2] }\n" + TWO),
        ["given.penalty.lambda", "expected one number"],
    ),
    "a key of the penalty": (
        sheet(PLACES + "penalty = { name = 'l2', lamda = 1 }\n" + TWO),
        ["given.penalty.lamda", "did you mean 'lambda'?"],
    ),
    "a penalty on no weights": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = 1 }\nlayers = [{ layer = 'PReLU' }]"),
        ["given.penalty", "no weights"],
    ),
    "a chain and layers": (sheet("chain = { factor = 1, depth = 2 }\n" + PLACES + TWO), ["given.chain"]),
    "a chain and y": (sheet("y = [1]\nchain = { factor = 1, depth = 2 }"), ["given.y", "without layers"]),
    "a factor without depth": (sheet("chain = { factor = 1 }"), ["given.chain", "depth and factor"]),
    "a chain of nothing": (sheet("chain = {}"), ["given.chain", "none of them"]),
    "a chain beside layers": (
        sheet("chain = { factor = 1, depth = 2 }\nlayers = [{ layer = 'Dense', units = 1 }]"),
        ["given.chain", "layers"],
    ),
    "a collapse that takes minutes": (
        sheet("inputs = 200\nlayers = [" + WIDE + WIDE + "]", ["collapse"]),
        ["find: collapse", "8,000,000", "200,000"],
    ),
    "a network that takes minutes": (
        sheet("x = [[1, 2]]\nlayers = [" + WIDE * 15 + "]", ["forward"]),
        ["given.layers", "products and results", "500,000"],
    ),
    "a thousand updates in full": (
        sheet("x = [[1]]\ny = [2]\nepochs = 1000\nlayers = [" + ONE + "]"),
        ["find", "2,000", "loss_after"],
    ),
    "a penalty that is not there": (
        sheet("x = [[1]]\ny = [2]\nlayers = [" + ONE + "]", ["penalty"]),
        ["find", "parts are updates, forward, loss, gradients"],
    ),
    "gradients of two outputs": (
        sheet("x = [[1]]\nlayers = [{ layer = 'Dense', units = 2, W = [[1, 1]] }]", ["gradients"]),
        ["find", "there is no y"],
    ),
    "units with a point": (
        sheet("inputs = 2\nlayers = [{ layer = 'Dense', units = 2.0 }]"),
        ["given.layers[1]", "got 2.0"],
    ),
    "two kinds of chain": (
        sheet("chain = { factor = 1, depth = 2, factors = [1] }"),
        ["given.chain", "depth and factor, or factors"],
    ),
    "too deep a chain": (sheet("chain = { factor = 2, depth = 101 }"), ["given.chain.depth", "100"]),
    "too long a chain": (sheet(f"chain = {{ factors = {[2] * 101} }}"), ["given.chain", "100"]),
    "fewer weights than slopes": (
        sheet("chain = { slopes = [1, 2], weights = [1] }"),
        ["given.chain.weights", "a weight per slope"],
    ),
    "a key of the chain": (sheet("chain = { factr = 1, depth = 2 }"), ["given.chain.factr", "factor"]),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named_with_their_place(text, expected):
    with pytest.raises(SheetError) as error:
        solve(text + "\n")
    message = str(error.value)
    assert "\n" not in message
    assert all(part in message for part in expected), message


def test_the_command_line_says_it_too(tmp_path, capsys):
    path = tmp_path / "bad.toml"
    path.write_text(sheet(PLACES + RELU, ["collapse"]))
    assert run(["solve", str(path)]) == 2
    said = capsys.readouterr().err
    assert "find: collapse" in said
    assert said.count("\n") == 1
