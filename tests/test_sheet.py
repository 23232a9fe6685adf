"""Worksheets: whatever is wrong with one is said in one line that names its place."""

import json
import os
import time
import tomllib
from decimal import Decimal
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chainrule.paper.sheet import SheetError, json_schema, parse_sheet
from chainrule.paper.solving import solve

EXAMPLES = Path(__file__).parent.parent / "examples"

RELU = '{ layer = "Dense", units = 2, activation = "relu", W = [[0.2, 0.3], [0.4, 0.7]] }'


def sheet(
    head="",
    given="",
    x="[[1, 2]]",
    y="[[5]]",
    first=RELU,
    W="[[0.5], [0.9]]",
    b="[0]",
    more="",
    top="",
    question_id='"q1"',
    topic='"network"',
):
    last = f'layer = "Dense", units = 1, W = {W}, b = {b}' + (f", {more}" if more else "")
    return f"""
{top}
[[question]]
id = {question_id}
topic = {topic}
{head}
[question.given]
x = {x}
y = {y}
{given}
layers = [{first}, {{ {last} }}]
"""


def said(text):
    """What is said of a sheet that cannot be used."""
    with pytest.raises(SheetError) as error:
        solve(text + "\n")
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 700
    return message


def without(line):
    return "\n".join(row for row in sheet().splitlines() if not row.startswith(line))


MISTAKES = {
    "a key of the question": (sheet("mark = 3"), ["'q1'", "mark", "unknown key", "did you mean 'marks'?"]),
    "a key of the given": (sheet(given='los = "mse"'), ["'q1'", "given.los", "did you mean 'loss'?"]),
    "a key of a layer": (
        sheet(more="unit = 1"),
        ["'q1'", "given.layers[2].unit", "unknown key", "mean 'units'?"],
    ),
    "a key at the top": (sheet(top="titel = 'x'"), ["titel", "did you mean 'title'?"]),
    "no x": (without("x ="), ["'q1'", "given.x", "is missing"]),
    "no y": (without("y ="), ["'q1'", "given.y", "is missing"]),
    "no layers": (without("layers"), ["'q1'", "given.layers", "is missing"]),
    "no id": (without("id"), ["question 1", "id", "is missing"]),
    "no topic": (without("topic"), ["'q1'", "topic", "is missing"]),
    "no given": ('[[question]]\nid = "q"\ntopic = "network"', ["'q'", "given", "is missing"]),
    "no units": (sheet(first='{ layer = "Dense" }'), ["'q1'", "given.layers[1].units", "is missing"]),
    "no name of a layer": (sheet(first="{ units = 2 }"), ["'q1'", "given.layers[1].layer", "is missing"]),
    "no values": (sheet(first='{ layer = "Dense", units = 2 }'), ["given.layers[1].W", "2 × 2"]),
    "no activation": (sheet(first='{ layer = "Activation" }'), ["given.layers[1]", "needs", "activation"]),
    "no questions": ("title = 'x'", ["question", "is missing", "[[question]]"]),
    "one bracket": ("[question]\nid = 'q'", ["question", "[[question]]", "two brackets"]),
    "an id of no text": (sheet(question_id="1"), ["question 1", "id", "text in quotes", "got 1"]),
    "an empty id": (sheet(question_id='""'), ["question 1", "id", "not empty"]),
    "marks in quotes": (sheet("marks = '3'"), ["'q1'", "marks", "expected a number", "'3'"]),
    "marks below 0": (sheet("marks = -1"), ["'q1'", "marks", "greater than 0", "-1"]),
    "marks that are huge": (sheet("marks = 1e999999999"), ["'q1'", "marks", "not that large"]),
    "marks that are inf": (sheet("marks = inf"), ["'q1'", "marks", "inf is not a finite number"]),
    "digits true": (sheet("digits = true"), ["'q1'", "digits", "a whole number", "True"]),
    "digits 3.5": (sheet("digits = 3.5"), ["'q1'", "digits", "a whole number", "3.5"]),
    "no digits": (sheet("digits = 0"), ["'q1'", "digits", "greater than or equal to 1"]),
    "closed in quotes": (sheet("closed = 'yes'"), ["'q1'", "closed", "true or false", "'yes'"]),
    "closed 1": (sheet("closed = 1"), ["'q1'", "closed", "true or false", "1"]),
    "a convention": (sheet("convention = 'column'"), ["convention", "expected one of columns, rows"]),
    "a topic": (sheet(topic='"netwrok"'), ["'q1'", "topic", "did you mean 'network'?"]),
    "text in numbers": (sheet("text = 3"), ["'q1'", "text", "text in quotes"]),
    "a date for a title": (sheet(top="title = 1979-05-27"), ["title", "text in quotes", "1979-05-27"]),
    "x one number": (sheet(x="3"), ["'q1'", "given.x", "[[1, 2], [3, 4]]"]),
    "x too deep": (sheet(x="[[[1, 2], [3, 4]]]"), ["'q1'", "given.y", "1 × 2 × 1 values"]),
    "x empty": (sheet(x="[]"), ["'q1'", "given.x", "an empty list", "at least one number"]),
    "x of empty rows": (sheet(x="[[], []]"), ["'q1'", "given.x", "an empty list"]),
    "ragged rows": (sheet(x="[[1, 2], [3]]"), ["given.x", "different lengths", "row 2 has 1"]),
    "a row and a number": (sheet(x="[[1, 2], 3]"), ["given.x", "row 2 has a single number"]),
    "true for a number": (sheet(x="[[true, 2]]"), ["given.x", "expected a number (entry 1, 1)", "True"]),
    "a date for a number": (sheet(x="[[1979-05-27, 2]]"), ["given.x", "(entry 1, 1)", "1979-05-27"]),
    "a time for a number": (sheet(x="[[1, 07:32:00]]"), ["given.x", "(entry 1, 2)", "07:32:00"]),
    "a table for a number": (sheet(x="[[{ a = 1 }, 2]]"), ["given.x", "(entry 1, 1)", "'a'"]),
    "an unreadable formula": (sheet(x="[['2 +', 2]]"), ["given.x", "'2 +'", "(entry 1, 1)"]),
    "code for a number": (sheet(x="[['exit()', 2]]"), ["given.x", "unknown function 'exit'"]),
    "nan": (sheet(x="[[nan, 2]]"), ["'q1'", "given.x[1][1]", "nan is not a finite number"]),
    "-inf": (sheet(W="[[0.5], [-inf]]"), ["given.layers[2].W[2][1]", "-inf is not a finite number"]),
    "nan in quotes": (sheet(x="[[1, 'nan']]"), ["given.x", "'nan' is not a finite number", "1, 2"]),
    "-Infinity in quotes": (sheet(b="['-Infinity']"), ["given.layers[2].b", "not a finite number"]),
    "a division by 0": (sheet(b="['1/0']"), ["given.layers[2].b", "'1/0' is not a finite number"]),
    "a hidden division by 0": (sheet(b="['1/(1 - 1)']"), ["given.layers[2].b", "division of 1 by 0"]),
    "a division by √2·√2 - 2": (sheet(b="['1/(√2*√2 - 2)']"), ["'q1'", "given.layers[2].b", "told from 0"]),
    "ln 0": (sheet(b="['ln 0']"), ["'q1'", "given.layers[2].b", "logarithm of 0"]),
    "√-1": (sheet(b="['√(-1)']"), ["'q1'", "given.layers[2].b", "square root of -1"]),
    "the wrong shape of W": (sheet(W="[[1]]"), ["given.layers[2].W", "expected shape 2 × 1", "got 1 × 1"]),
    "a list for W": (sheet(W="[1, 2]"), ["given.layers[2].W", "expected shape 2 × 1", "got 2"]),
    "text for W": (sheet(W="'abc'"), ["given.layers[2].W", "expected shape 2 × 1", "a number"]),
    "the wrong shape of b": (sheet(b="[1, 2]"), ["given.layers[2].b", "expected shape 1", "got 2"]),
    "b without a bias": (sheet(more="use_bias = false"), ["given.layers[2].b", "its values are W"]),
    "the wrong shape of y": (sheet(y="[[5, 6]]"), ["given.y", "expected 1 × 1", "got 1 × 2"]),
    "the wrong rows of y": (sheet(y="[[5], [6]]"), ["given.y", "expected 1 × 1", "got 2 × 1"]),
    "the wrong columns of x": (sheet(x="[[1, 2, 3]]"), ["given.layers[1].W", "3 × 2", "got 2 × 2"]),
    "a loss": (sheet(given="loss = 'msee'"), ["'q1'", "given.loss", "unknown loss 'msee'", "mse"]),
    "a loss of a number": (sheet(given="loss = 3"), ["given.loss", "a name, or a table with a name"]),
    "a loss without name": (sheet(given="loss = { factor = '1/2' }"), ["given.loss", "needs a 'name'"]),
    "an argument of a loss": (
        sheet(given="loss = { name = 'mse', fator = '1/2' }"),
        ["given.loss", "'fator'", "did you mean 'factor'?"],
    ),
    "a factor": (sheet(given="loss = { name = 'mse', factor = [1] }"), ["given.loss", "'1/2m'", "got [1]"]),
    "a reduction": (sheet(given="loss = { name = 'mse', reduction = [1] }"), ["given.loss", "reduction"]),
    "text for delta": (
        sheet(given="loss = { name = 'huber', delta = 'a' }"),
        ["given.loss", "delta must be a number", "'a'"],
    ),
    "an optimizer": (sheet(given="optimizer = 'Adm'"), ["given.optimizer", "unknown optimizer 'Adm'", "SGD"]),
    "unreadable text for a rate": (
        sheet(given="optimizer = { name = 'SGD', learning_rate = '1 +' }"),
        ["given.optimizer", "learning_rate", "cannot read '1 +'"],
    ),
    "a list for a rate": (
        sheet(given="optimizer = { name = 'SGD', learning_rate = [1] }"),
        ["given.optimizer", "learning_rate"],
    ),
    "a rate of 0": (
        sheet(given="optimizer = { name = 'SGD', learning_rate = 0 }"),
        ["given.optimizer", "learning_rate must be greater than 0"],
    ),
    "a rate that is huge": (
        sheet(given="optimizer = { name = 'SGD', learning_rate = 1e999999999 }"),
        ["given.optimizer.learning_rate", "10^±1000"],
    ),
    "a rate that is nan": (
        sheet(given="optimizer = { name = 'SGD', learning_rate = nan }"),
        ["given.optimizer.learning_rate", "nan is not a finite number"],
    ),
    "text for nesterov": (
        sheet(given="optimizer = { name = 'SGD', momentum = 0.5, nesterov = 'a' }"),
        ["given.optimizer", "nesterov must be true or false"],
    ),
    "a layer": (sheet(first='{ layer = "Dens", units = 2 }'), ["given.layers[1]", "mean 'Dense'?"]),
    "a number for a layer": (sheet(first="7"), ["given.layers[1]", "expected a table", "got 7"]),
    "no layer at all": (without("layers") + "\nlayers = []", ["given.layers", "at least one"]),
    "layers in quotes": (without("layers") + "\nlayers = 'Dense'", ["given.layers", "expected a list"]),
    "an activation": (sheet(more="activation = 'rleu'"), ["given.layers[2]", "did you mean 'relu'?"]),
    "an activation of a list": (sheet(more="activation = [1]"), ["given.layers[2]", "activation"]),
    "a trained activation": (sheet(more="activation = 'prelu'"), ["given.layers[2]", "PReLU()"]),
    "units in quotes": (sheet(first='{ layer = "Dense", units = "2" }'), ["given.layers[1]", "units"]),
    "units beyond paper": (
        sheet(first='{ layer = "Dense", units = 100000000000, kernel_initializer = "zeros" }'),
        ["given.layers[1].W", "2 × 100000000000", "train it instead"],
    ),
    "use_bias in quotes": (sheet(more="use_bias = 'no'"), ["given.layers[2]", "use_bias", "true or false"]),
    "an initializer": (
        sheet(first='{ layer = "Dense", units = 2, kernel_initializer = "zeroes" }'),
        ["given.layers[1]", "unknown initializer 'zeroes'", "did you mean 'zeros'?"],
    ),
    "the wrong alpha": (
        sheet(first='{ layer = "PReLU", alpha = [1] }'),
        ["given.layers[1].alpha", "shape 2"],
    ),
    "W of no layer": (sheet(first='{ layer = "ELU", W = [1] }'), ["given.layers[1].W", "it has no values"]),
    "no batch": (sheet(given="batch_size = 0"), ["given.batch_size", "greater than or equal to 1"]),
    "a batch and a half": (sheet(given="batch_size = 1.5"), ["given.batch_size", "whole number", "1.5"]),
    "a batch in quotes": (sheet(given="batch_size = '2'"), ["given.batch_size", "whole number", "'2'"]),
    "huge epochs": (
        sheet(given="epochs = " + "1" + "0" * 30),
        ["given.epochs", "less than or equal to 1000"],
    ),
    "epochs in hex": (sheet(given="epochs = 0x" + "f" * 5000), ["given.epochs", "a larger one"]),
    "too many updates": (
        sheet(x=str([[1, 2]] * 9), y=str([5] * 9), given="batch_size = 1\nepochs = 1000"),
        ["given.epochs", "9,000 updates", "at most 2,000"],
    ),
    "too many formulas": (sheet("closed = true", given="epochs = 11"), ["given.epochs", "11 updates", "10"]),
    "an unknown quantity": (sheet("find = ['z9']"), ["'q1'", "find", "'z9'", "z1, z2"]),
    "what is given": (sheet("find = ['x']"), ["'q1'", "find", "'x'", "forward"]),
    "nothing to find": (sheet("find = []"), ["'q1'", "find", "at least one"]),
    "a number to find": (sheet("find = [1]"), ["'q1'", "find[1]", "text in quotes"]),
    "closed and rounded": (sheet("closed = true\nrounding = 2"), ["'q1'", "rounding", "cannot be rounded"]),
    "names and rounded": (sheet("rounding = 2", b="['b']"), ["'q1'", "rounding", "cannot be rounded"]),
    "rounding below 0": (sheet("rounding = -1"), ["'q1'", "rounding", "greater than or equal to 0"]),
    "the same id twice": (sheet() + sheet(), ["'q1'", "twice"]),
    "a sign of a name": (sheet(more="activation = 'relu'", b="['b']"), ["'q1'", "relu(z2)", "depends on b"]),
    "no TOML": ("[[question", ["not valid TOML", "line 1"]),
    "a key twice": (sheet(top="title = 'a'\ntitle = 'b'"), ["not valid TOML", "line 3"]),
    "a long number": (sheet(b="[" + "1" * 5000 + "]"), ["5,000 digits", "line 11", "4,300"]),
    "a longish number": (sheet(b="[" + "1" * 4000 + "]"), ["given.layers[2].b", "1000 digits"]),
    "a long number in hex": (sheet(b="[0x" + "f" * 5000 + "]"), ["given.layers[2].b", "1000 digits"]),
    "a long number in quotes": (sheet(b="['" + "1" * 5000 + "']"), ["given.layers[2].b", "5,000 characters"]),
    "1e999999999": (sheet(b="[1e999999999]"), ["given.layers[2].b", "10^±1000"]),
    "1e-999999999 in quotes": (sheet(b="['1e-999999999']"), ["given.layers[2].b", "10^±1000"]),
    "a tower of powers": (sheet(b="['(((9^99)^99)^99)^99']"), ["given.layers[2].b", "powers of powers"]),
    "a tower of e": (sheet(b="['exp(exp(exp(exp(10))))']"), ["'q1'", "given.layers[2].b", "too large"]),
    "a number out of sight": (sheet(b="['exp(0 - e^99)']"), ["given.layers[2].b", "too small"]),
    "²": (sheet(b="['w²']"), ["given.layers[2].b", "'²'", "w^2"]),
    "thousands of brackets": (sheet(x="[" * 5000 + "]" * 5000), ["nested too deeply"]),
    "hundreds of brackets": (sheet(x="[" * 100 + "1" + "]" * 100), ["given.x", "nested more than 4 deep"]),
    "thousands of tables": ("a = " + "{ a = " * 3000 + "1" + "}" * 3000, ["nested too deeply"]),
    "targets of no distribution": (
        sheet(y="[[5]]", given="loss = 'categorical_crossentropy'", more="activation = 'softmax'"),
        ["given.y", "row 1 is [5]", "sum to 1"],
    ),
    "targets above 1": (
        sheet(given="loss = 'bce'", more="activation = 'sigmoid'"),
        ["given.y", "row 1", "[5]", "from 0 to 1"],
    ),
    "targets of no sign": (sheet(given="loss = 'hinge'"), ["given.y", "row 1", "-1 and 1"]),
}
SPARSE = "loss = 'sparse_categorical_crossentropy'"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_was_expected(mistake):
    text, parts = MISTAKES[mistake]
    message = said(text)
    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("[3]", "sample 1 has the label 3"),
        ("[-1]", "label -1"),
        ("[0.5]", "label 1/2"),
        ("['t']", "the name 't'"),
        ("[1e999]", "label 1e999"),
        ("[0, 1]", "got 2 for 1 samples"),
    ],
)
def test_labels_are_whole_numbers_of_the_classes(labels, found):
    softmax = '{ layer = "Dense", units = 3, activation = "softmax", kernel_initializer = "ones" }'
    text = sheet(given=SPARSE, y=labels)
    text = text[: text.index("layers")] + f"layers = [{softmax}]"
    message = said(text)
    assert "given.y" in message
    assert found in message
    assert "whole numbers from 0 to 2" in message


def test_the_sheet_without_a_mistake_is_worked():
    assert str(solve(sheet())["q1"]["z2"].item()) == "203/100"


def test_names_may_stand_for_targets():
    solution = solve(sheet(y='[["t"]]', given="loss = 'bce'", more="activation = 'sigmoid'"))
    assert "t" in str(solution["q1"]["loss"].item())


def test_a_layer_may_have_a_name_of_its_own():
    assert str(solve(sheet(more='name = "last"'))["q1"]["z2"].item()) == "203/100"


def test_a_network_without_parameters_has_nothing_to_update():
    text = sheet(x="[[0.5]]", y="[[1]]")
    working = solve(text[: text.index("layers")] + 'layers = [{ layer = "LeakyReLU" }]')["q1"]
    assert working.names == ["a1", "loss", "da1", "dx"]


@pytest.mark.parametrize("text", ["\ufeff" + sheet(), sheet().replace("\n", "\r\n")])
def test_a_sheet_from_an_editor_on_windows_is_read(tmp_path, text):
    path = tmp_path / "sheet.toml"
    path.write_bytes(text.encode())
    assert str(solve(path)["q1"]["z2"].item()) == "203/100"


# ----------------------------------------------------------------------------------- files


def test_a_file_of_100_mb_is_refused_unread(tmp_path):
    path = tmp_path / "large.toml"
    path.touch()
    os.truncate(path, 100_000_000)
    start = time.perf_counter()
    with pytest.raises(SheetError, match=r"large.toml: more than 1,000,000 bytes; expected a TOML file"):
        solve(path)
    assert time.perf_counter() - start < 1


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_file_without_end_is_refused():
    with pytest.raises(SheetError, match="more than 1,000,000 bytes"):
        solve("/dev/zero")


def test_a_missing_file_and_a_folder_are_errors_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        solve(tmp_path / "none.toml")
    with pytest.raises(OSError, match=r"(?i)directory|denied"):
        solve(tmp_path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
@example(b"\xff\xfe[\x00[\x00")
@example(b"PK\x03\x04")
@example(b"\x00" * 100)
def test_binary_junk_is_no_sheet(tmp_path, content):
    path = tmp_path / "junk.toml"
    path.write_bytes(content)
    with pytest.raises(SheetError, match=r"junk\.toml: "):
        solve(path)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.sampled_from([10**30, Decimal("0.5"), Decimal("NaN"), Decimal("1e999"), Decimal("-1e999999"), ""]),
    st.sampled_from(["w", "√2", "1/0", "ln 0", "relu", "softmax", "mse", "SGD", "zeros", "\x00", "λ" * 300]),
    st.lists(st.sampled_from([0, 1, "w", True, Decimal("Infinity"), []]), max_size=3),
    st.dictionaries(
        st.sampled_from(["name", "class_name", "config", "alpha", "W"]), st.just("x"), max_size=2
    ),
)


def places(value, path=()):
    """Every place in nested tables and lists."""
    if path:
        yield path
    for key, part in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(part, (*path, key))


def toml(value):
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case str():
            return json.dumps(value)
        case Decimal():
            return str(value).lower().replace("infinity", "inf").replace("e+", "e")
    return str(value)


BASE = sheet(
    "marks = 2\nclosed = false\ndigits = 5\nfind = ['forward', 'dW1']", given="loss = { name = 'mse' }"
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_sheet_with_anything_anywhere_is_worked_or_refused(data):
    tables = tomllib.loads(BASE, parse_float=Decimal)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(tables))))
        inside = tables
        for key in path[:-1]:
            inside = inside[key]
        new = data.draw(JUNK)
        if new is None:
            del inside[path[-1]]
        else:
            inside[path[-1]] = new
        if not tables:
            break
    text = "\n".join(f"{key} = {toml(value)}" for key, value in tables.items())
    try:
        shown = str(solve(text + "\n"))
    except SheetError as error:
        assert_one_line(str(error))
    else:
        assert "Given" in shown


# ---------------------------------------------------------------------------------- schema


def assert_one_line(message):
    assert message
    assert "\n" not in message


def plain(value):
    """TOML's tables as JSON has them."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return float(value) if isinstance(value, Decimal) else value


def test_the_schema_is_valid_and_takes_the_examples():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in ("week4", "xor"):
        jsonschema.validate(tomllib.loads((EXAMPLES / f"{name}.toml").read_text()), schema)


@pytest.mark.parametrize(
    "mistake",
    [
        "a key of the question",
        "no x",
        "no topic",
        "a topic",
        "marks in quotes",
        "loss of 3",
        "no layer at all",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(mistake):
    text = sheet(given="loss = 3") if mistake == "loss of 3" else MISTAKES[mistake][0]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(tomllib.loads(text)), json_schema())


@pytest.mark.parametrize("name", ["week4", "xor"])
def test_the_examples_are_worked(name):
    solution = solve(EXAMPLES / f"{name}.toml")
    assert all(working.text for working in solution.workings)
    assert all(working.names for working in solution.workings)


def test_the_examples_come_out_as_the_worksheets_say():
    week4, xor = solve(EXAMPLES / "week4.toml"), solve(EXAMPLES / "xor.toml")["xor"]
    assert str(week4["q1"]["loss"]) == "88209/10000"
    assert [str(week4["q2"][name].item()) for name in ("W1.2", "b1.2")] == ["227/100", "159/200"]
    assert [str(v) for v in xor["a2"].flat] == ["0", "1", "1", "0"]
    gradients = [name for name in xor.names if name.startswith("d")]
    assert "dW1" in gradients
    assert not np.concatenate([xor[name].flat for name in gradients]).astype(float).any()


def test_parsing_alone_checks_the_form():
    assert parse_sheet(sheet()).question[0].given.x.shape == (1, 2)
