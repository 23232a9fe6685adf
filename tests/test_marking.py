"""Marking: what counts as right, what follows from an earlier mistake, and which slip made it."""

import json

import numpy as np
import pytest

from chainrule.cli.main import run
from chainrule.marking.agreement import agrees, fitted
from chainrule.marking.answers import parse_answers
from chainrule.marking.sheet import check, mark, mark_files
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve

SHEET = """
[[question]]
id = "q1"
topic = "network"
marks = 8
find = ["z1", "a1", "z2", "loss", "dW2", "dW1", "W1_new", "W2_new"]
[question.given]
x = [[1, 2]]
y = [[5]]
loss = "mse"
optimizer = { name = "SGD", learning_rate = 0.01 }
layers = [
  { layer = "Dense", units = 2, activation = "relu", W = [[0.2, 0.3], [0.4, 0.7]], b = [0.1, 0] },
  { layer = "Dense", units = 1, W = [[0.5], [0.9]], b = [0.2] },
]
"""


def answers_to(**given):
    """The verdicts on answers to q1, by name."""
    lines = [f"{name} = {value}" for name, value in given.items()]
    marked = check(SHEET, "\n".join(["[q1]", *lines]))
    return {answer.name: answer for answer in marked.questions[0].answers}


def entry(text):
    return parse_answers(f"[q]\nz = {text}").questions["q"]["z"].entries.item()


# ------------------------------------------------------------------------ what is right


@pytest.mark.parametrize(
    ("value", "text", "right"),
    [
        (Number("2/3"), "0.67", True),
        (Number("2/3"), "0.667", True),
        (Number("2/3"), "0.66", True),  # cut off
        (Number("2/3"), "0.68", False),
        (Number("2/3"), "0.7", True),
        (Number("2/3"), "0.6", False),  # cut off after one digit tells too little
        (Number("2/3"), "1", False),
        (Number("2/3"), '"2/3"', True),
        (Number("2/3"), '"4/6"', True),
        (Number("2/3"), '"3/5"', False),
        (Number("2/3"), '"66.7%"', True),
        (Number("2/3"), '"66.8 %"', False),
        (Number("17/10"), '"17/10"', True),
        (Number("1/1000"), "1e-3", True),
        (Number("1/1000"), '"1e-3"', True),
        (Number("1/1000"), "0.00", True),
        (Number("1/1000"), "0", False),
        (Number("1/1000"), "0.0", False),
        (Number(0), "0", True),
        (Number(0), "0.0", True),
        (Number(2).sqrt(), '"√2"', True),
        (Number(2).sqrt(), '"sqrt(2)"', True),
        (Number(2).sqrt(), '"7/5"', False),
        (Number(2).sqrt(), "1.41", True),
        (Number(2).sqrt(), "1.41421356237309504880168872", True),
        (Number(2).sqrt(), "1.41421356237309504880168873", False),
        (Number(2).log(), '"ln 2"', True),
        (Number(2).log(), '"−ln 2"', False),
        (Number("-1/8"), "-0.13", True),
        (Number("-1/8"), "-0.12", True),
        (Number("-1/8"), "0.12", False),
        (Number(383778816), "383778816", True),
        (Number(383778816), "3.838e8", True),
        (Number(383778816), "383778817", False),
        (Number("38.4"), "38", True),
        (Number("38.4"), "39", False),
    ],
)
def test_an_answer_agrees_to_the_digits_that_it_is_given_with(value, text, right):
    assert agrees(value, entry(text)) is right


@pytest.mark.parametrize(
    ("given", "shape", "columns", "fits"),
    [
        ("[1, 2]", (2, 1), False, [[1], [2]]),
        ("[[1], [2]]", (2,), False, [1, 2]),
        ("3", (1, 1), False, [[3]]),
        ("[[3]]", (), False, 3),
        ("[[1, 2, 3], [4, 5, 6]]", (2, 3), False, [[1, 2, 3], [4, 5, 6]]),
        ("[[1, 2, 3], [4, 5, 6]]", (3, 2), False, None),
        ("[[1, 2, 3], [4, 5, 6]]", (3, 2), True, [[1, 4], [2, 5], [3, 6]]),
        ("[1, 2]", (3,), False, None),
        ("[[1, 2], [3, 4]]", (4,), False, None),
    ],
)
def test_rows_columns_and_brackets_are_no_matter(given, shape, columns, fits):
    answer = parse_answers(f"[q]\nz = {given}").questions["q"]["z"]
    found = fitted(answer, shape, columns)
    if fits is None:
        assert found is None
    else:
        assert found.shape == shape
        assert np.array_equal(np.vectorize(lambda one: float(one.value))(found), fits)


# ------------------------------------------------------------------------ verdicts

RIGHT = {
    "z1": "[1.1, 1.7]",
    "a1": "[1.1, 1.7]",
    "z2": "2.28",
    "loss": "7.3984",
    "dW2": "[-5.984, -9.248]",
    "dW1": "[[-2.72, -4.896], [-5.44, -9.792]]",
    "W1_new": "[[0.2272, 0.34896], [0.4544, 0.79792]]",
    "W2_new": "[0.55984, 0.99248]",
}
"""By NumPy: z1 = x W1 + b1 = (1.1, 1.7), z2 = 0.55 + 1.53 + 0.2, loss = (2.28 - 5)², dz2 = 2 (2.28 - 5)."""


def test_right_answers_have_all_marks():
    marked = check(SHEET, "\n".join(["[q1]", *(f"{name} = {value}" for name, value in RIGHT.items())]))
    assert [answer.verdict for answer in marked.questions[0].answers] == ["right"] * 8
    assert marked.score == marked.out_of == 8


@pytest.mark.parametrize("places", [1, 2, 3, 4])
def test_every_step_may_be_rounded_to_as_few_digits_as_are_shown(places):
    # With NumPy, rounding every step as people do; far from the exact values with one place.
    x, W1, b1 = np.array([[1, 2]]), np.array([[0.2, 0.3], [0.4, 0.7]]), np.array([0.1, 0])
    W2, b2 = np.array([[0.5], [0.9]]), 0.2

    def cut(value):
        return np.round(value, places)

    z1 = cut(x @ W1 + b1)
    z2 = cut(z1 @ W2 + b2)
    slope = cut(2 * (z2 - 5))
    steps = {
        "z1": z1,
        "z2": z2,
        "loss": cut((z2 - 5) ** 2),
        "dW2": cut(z1.T @ slope),
        "dW1": cut(x.T @ cut(slope @ W2.T)),
    }
    written = {name: json.dumps(value.tolist()) for name, value in steps.items()}
    found = answers_to(**written)
    assert {found[name].verdict for name in steps} == {"right"}


def test_a_slip_is_named_and_what_follows_from_it_has_full_marks():
    # Without b1: z1 = (1, 1.7), z2 = 0.5 + 1.53 + 0.2 = 2.23, loss = 2.77², dz2 = -5.54.
    found = answers_to(
        z1="[1.0, 1.7]",
        a1="[1, 1.7]",
        z2="2.23",
        loss="7.6729",
        dW2="[-5.54, -9.418]",
        W2_new="[0.5554, 0.99418]",
    )
    assert (found["z1"].verdict, found["z1"].slip, found["z1"].score) == ("wrong", "no_bias", 0)
    assert found["z1"].explanation == "the bias is left out; expected [[11/10, 17/10]]"
    for name in ("a1", "z2", "loss", "dW2", "W2_new"):
        assert (found[name].verdict, found[name].slip, found[name].score) == ("follows", None, 1), name
    assert found["a1"].explanation == "rightly worked from the wrong z1"
    assert [found[name].verdict for name in ("dW1", "W1_new")] == ["missing"] * 2


def test_a_second_mistake_is_found_below_the_first():
    found = answers_to(z1="[1.0, 1.7]", z2="2.03", loss="8.8209", dW2="[-5.94, 10.098]")
    assert found["z2"].slip == "no_bias"
    assert found["z2"].explanation == "the bias is left out; expected [[2.23]] from the z1 given".replace(
        "2.23", "223/100"
    )
    assert found["loss"].verdict == "follows"
    assert (found["dW2"].verdict, found["dW2"].slip) == ("wrong", "opposite_sign")


def test_a_slip_in_a_step_that_was_left_out_is_found():
    found = answers_to(z2="2.23")
    assert (found["z2"].verdict, found["z2"].slip) == ("wrong", "no_bias")
    assert "the bias is left out (in z1)" in found["z2"].explanation


def test_the_same_slip_in_every_step_is_one():
    # b1 and b2 left out: z2 = 0.5 + 1.53.
    found = answers_to(z2="2.03")
    assert (found["z2"].verdict, found["z2"].slip) == ("wrong", "no_bias")
    assert found["z2"].explanation.startswith("the bias is left out (in z1, z2); ")


def test_two_slips_together_are_found():
    # b2 left out and the slope without its 2: dz2 = 2.08 - 5, da1 = (-1.46, -2.628), dW1 = xᵀ da1.
    found = answers_to(dW1="[[-1.46, -2.628], [-2.92, -5.256]]")
    assert (found["dW1"].verdict, found["dW1"].slip) == ("wrong", "no_bias+no_factor_two")


def test_the_hidden_gradient_with_the_updated_weight_is_named():
    # da1 = dz2 W2_new = -5.44 (0.55984, 0.99248); dW1 = xᵀ da1, to four places.
    found = answers_to(**{**RIGHT, "dW1": "[[-3.0455, -5.3991], [-6.0911, -10.7982]]"})
    assert (found["dW1"].verdict, found["dW1"].slip) == ("wrong", "updated_weight")
    assert "the updated W2 is used already (in da1)" in found["dW1"].explanation


@pytest.mark.parametrize(
    ("given", "slip"),
    [
        ("[-1.1, -1.7]", "sign"),
        ("[1.1, -1.7]", "sign"),
        ("[11, 1.7]", "decimal_point"),
        ("[1.1, 0.017]", "decimal_point"),
        ("[1.1, 7.1]", "swapped_digits"),
        ("[1.7, 1.7]", "copied_neighbour"),
        ("[1.3, 1.9]", None),
    ],
)
def test_general_slips_are_named(given, slip):
    found = answers_to(z1=given)["z1"]
    assert (found.verdict, found.slip) == ("wrong", slip)


def test_where_several_slips_fit_all_are_named():
    found = check(
        '[[question]]\nid = "q"\ntopic = "perceptron"\ngiven = { x = [1, 1], w = [2, 1], b = -6 }',
        "[q]\nz = 3",
    )
    answer = found.questions[0].answers[0]
    assert answer.slip == "no_bias|sign"
    assert answer.explanation.startswith(
        "it fits several slips: the bias is left out or the sign is turned; "
    )


def test_another_shape_is_wrong_and_says_so():
    found = answers_to(z1="[1.1, 1.7, 3]")["z1"]
    assert (found.verdict, found.explanation) == ("wrong", "its shape is 3, expected 1 × 2")


def test_matrices_stand_as_the_question_has_them():
    text = SHEET.replace("marks = 8", 'marks = 8\nconvention = "columns"')
    text = text.replace("[[1, 2]]", "[[1], [2]]").replace(
        "[[0.2, 0.3], [0.4, 0.7]]", "[[0.2, 0.4], [0.3, 0.7]]"
    )
    text = text.replace("[[0.5], [0.9]]", "[[0.5, 0.9]]")
    marked = check(text, "[q1]\nz1 = [[1.1], [1.7]]\ndW1 = [[-2.72, -5.44], [-4.896, -9.792]]")
    verdicts = {answer.name: answer.verdict for answer in marked.questions[0].answers}
    assert verdicts["z1"] == verdicts["dW1"] == "right"


def test_closed_forms_and_formulas_are_compared_as_such():
    sheet = """
    [[question]]
    id = "bn"
    topic = "normalization"
    closed = true
    given = { x = [2, 4, 6, 8, 10], gamma = 2, beta = 1, epsilon = 0 }
    [[question]]
    id = "w"
    topic = "linear_algebra"
    find = ["determinant"]
    given = { A = [["a", "b"], ["c", 2]] }
    """
    answers = """
    [bn]
    xhat = ["-√2", "-√2/2", 0, 0.7071, "√2"]
    y = ["1 - 2√2", "1 - √2", 1, 2.414, "2√2"]
    [w]
    determinant = "2*a - c*b"
    """
    marked = check(sheet, answers)
    verdicts = [{answer.name: answer.verdict for answer in q.answers} for q in marked.questions]
    assert verdicts[0]["xhat"] == "right"
    assert verdicts[0]["y"] == "wrong"
    assert verdicts[1]["determinant"] == "right"
    assert check(sheet, "[w]\ndeterminant = '2*a + c*b'").questions[1].answers[0].verdict == "wrong"


def test_words_are_read_whatever_their_case():
    sheet = """
    [[question]]
    id = "q"
    topic = "identity"
    given = { left = "tanh(-z)", right = "-tanh(z)" }
    """
    for given, verdict in (('"Yes"', "right"), ("true", "right"), ('"no"', "wrong"), ("1", "wrong")):
        marked = check(sheet, f"[q]\nholds = {given}")
        assert [a.verdict for a in marked.questions[0].answers if a.name == "holds"] == [verdict]


def test_without_find_the_results_count_and_what_was_answered():
    sheet = SHEET.replace(
        'find = ["z1", "a1", "z2", "loss", "dW2", "dW1", "W1_new", "W2_new"]\n', 'find = ["forward"]\n'
    )
    names = [answer.name for answer in check(sheet, "[q1]\n").questions[0].answers]
    assert names == ["z1", "a1", "z2", "a2"][: len(names)]
    softmax = (
        '[[question]]\nid = "s"\ntopic = "activation"\ngiven = { activation = "softmax", z = [2, 1, 0.1] }'
    )
    for answered, counted in (("", ["a"]), ("sum = 11.2125\n", ["sum", "a"])):
        marked = check(softmax, f"[s]\n{answered}a = [0.659, 0.242, 0.0986]").questions[0]
        assert [answer.name for answer in marked.answers] == counted


# ------------------------------------------------------------------------ the command


@pytest.fixture
def files(tmp_path):
    """A worksheet, a folder with three answer sheets, and what a student who slips answers."""
    (tmp_path / "sheet.toml").write_text(SHEET)
    folder = tmp_path / "answers"
    folder.mkdir()
    right = "\n".join(f"{name} = {value}" for name, value in RIGHT.items())
    (folder / "a.toml").write_text(f'student = "Ada"\n[q1]\n{right}')
    (folder / "b.toml").write_text("[q1]\nz1 = [1.0, 1.7]\nz2 = 2.23")
    (folder / "c.toml").write_text("[q1]\nz1 = [1.0, 1.7]")
    return tmp_path


def test_a_folder_is_marked_as_json(files, capsys):
    assert run(["check", str(files / "sheet.toml"), str(files / "answers"), "--json"]) == 0
    sheets = json.loads(capsys.readouterr().out)["sheets"]
    assert [(sheet["student"], sheet["score"], sheet["out_of"]) for sheet in sheets] == [
        ("Ada", 8, 8),
        ("b", 1, 8),
        ("c", 0, 8),
    ]
    (question,) = sheets[1]["questions"]
    assert question["id"] == "q1"
    assert question["answers"][0] == {
        "name": "z1",
        "given": ["1.0", "1.7"],
        "expected": [["11/10", "17/10"]],
        "verdict": "wrong",
        "slip": "no_bias",
        "explanation": "the bias is left out; expected [[11/10, 17/10]]",
        "score": 0,
        "out_of": 1,
    }


def test_strict_ends_with_status_1_where_something_is_wrong(files):
    sheet, answers = str(files / "sheet.toml"), files / "answers"
    assert run(["check", sheet, str(answers / "a.toml"), "--strict"]) == 0
    assert run(["check", sheet, str(answers / "b.toml"), "--strict"]) == 1
    assert run(["check", sheet, str(answers / "b.toml")]) == 0


def test_a_class_is_shown_with_what_went_wrong_first(files, capsys):
    assert run(["check", str(files / "sheet.toml"), str(files / "answers")]) == 0
    said = capsys.readouterr().out
    assert "the bias is left out" in " ".join(said.split())
    assert "2 × z1" in said


@pytest.mark.parametrize(
    ("given", "second"), [(-1.1, "sign"), (11, "decimal_point"), (0.11, "decimal_point")]
)
def test_a_slip_and_a_general_one_in_the_same_step_are_found_together(given, second):
    sheet = """
    [[question]]
    id = "q1"
    topic = "perceptron"
    given = { x = [1, 2], w = [0.5, 0.3], b = 1 }
    """
    (answer,) = check(sheet, f"[q1]\nz = {given}\n").questions[0].answers[:1]
    assert answer.slip == f"no_bias+{second}"
    assert answer.explanation.startswith("the bias is left out, and the ")


def test_csv_has_a_line_for_each_answer(files, capsys):
    (files / "answers" / "d.toml").write_text('student = "=1+1"\n[q1]\nz1 = "=2"')
    assert run(["check", str(files / "sheet.toml"), str(files / "answers"), "--csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "student,question,name,given,expected,verdict,slip,score,out_of"
    assert len(lines) == 1 + 4 * 8
    assert lines[-8].startswith("'=1+1,q1,z1,'=2,"), "a spreadsheet takes neither for a formula"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("z1 = 1", "z1: expected a table with a question's answers"),
        ("[q2]\nz1 = 1", "no question 'q2' in the worksheet"),
        ("[q1]\nz9 = 1", "q1: no quantity 'z9' in the question"),
        ("[q1]\nz1 = [[1, 2], [3]]", "q1.z1: rows of different lengths"),
        ("[q1]\nz1 = []", "q1.z1: an empty list"),
        ("[q1]\nz1 = {a = 1}", "q1.z1: expected a number or text, got dict"),
        ("[q1]\nz1 = 1979-05-27", "q1.z1: expected a number or text, got date"),
        ("[q1]\nz1 = nan", "nan is not a finite number"),
        ("[q1]\nz1 = 1e999999999", "more than 1000 digits"),
        ('[q1]\nz1 = "1e999999999"', None),
        ("[q1]\nz1 = " + "9" * 10_000, "digits"),
        ("[q1]\nz1 = " + "9" * 2_000_000, "more than 1,000,000 bytes"),
        ("[q1]\nz1 = " + "[" * 5000, None),
        ("[q1]\nz1 = " + "[" * 6 + "]" * 6, "nested more than 4 deep"),
        ("[q1]\nz1 = \"__import__('os').system('touch hacked')\"", None),
        ("student = [1]\n[q1]\nz1 = 1", "student: expected a name or a number"),
        ("\x00", "not valid TOML"),
        ("", None),
    ],
)
def test_a_hostile_sheet_is_one_line_and_the_others_are_marked(files, capsys, text, says, monkeypatch):
    monkeypatch.chdir(files)
    (files / "answers" / "bad.toml").write_text(text)
    status = run(["check", "sheet.toml", "answers", "--json"])
    captured = capsys.readouterr()
    students = [sheet["student"] for sheet in json.loads(captured.out)["sheets"]]
    assert {"Ada", "b", "c"} <= {*students}
    assert not (files / "hacked").exists()
    if says is not None:
        assert status == 2
        assert "bad" not in students
        assert says in captured.err
        assert captured.err.count("\n") == 1
        assert len(captured.err) < 500
    else:
        assert "Traceback" not in captured.err
        assert captured.err.count("\n") <= 1


def test_what_cannot_be_opened_is_said_and_the_others_are_marked(files, capsys):
    (files / "answers" / "broken.toml").symlink_to(files / "none")
    (files / "answers" / "loop.toml").symlink_to(files / "answers" / "loop.toml")
    (files / "answers" / "folder.toml").mkdir()
    assert run(["check", str(files / "sheet.toml"), str(files / "answers"), "--json"]) == 2
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["sheets"]) == 3
    assert captured.err.count("\n") == 3


def test_the_results_of_a_class_are_a_page(files, capsys):
    sheet, answers, page = (str(files / name) for name in ("sheet.toml", "answers", "class.html"))
    (files / "answers" / "d.toml").write_text('student = "<b>Eve</b>"\n[q1]\nz1 = 3')
    assert run(["check", sheet, answers, "-o", page]) == 0
    assert capsys.readouterr().err == f"wrote {page}\n"
    text = (files / "class.html").read_text()
    for said in (
        "<b>4</b><span>sheets</span>",
        "2 × z1: the bias is left out",
        "<td>Ada</td><td>8</td>",
        "&lt;b&gt;Eve&lt;/b&gt;",
    ):
        assert said in text
    assert run(["check", sheet, answers, "-o", str(files / "class.pdf")]) == 2
    assert "class.pdf: the results of a class are written as .html" in capsys.readouterr().err


def test_many_sheets_are_marked_on_all_cores_alike(files, monkeypatch):
    monkeypatch.setattr("chainrule.marking.sheet.FEWEST", 1)
    together = list(mark_files(solve(SHEET), [files / "answers", files / "none.toml"]))
    monkeypatch.setattr("chainrule.marking.sheet.FEWEST", 100)
    alone = list(mark_files(solve(SHEET), [files / "answers", files / "none.toml"]))
    assert [str(found) for found in together] == [str(found) for found in alone]
    assert len(together) == 4
    assert isinstance(together[-1], SheetError)


def test_an_empty_folder_and_both_formats_are_refused(files, capsys):
    (files / "empty").mkdir()
    assert run(["check", str(files / "sheet.toml"), str(files / "empty")]) == 2
    assert "no answer sheets" in capsys.readouterr().err
    assert run(["check", str(files / "sheet.toml"), str(files / "answers"), "--json", "--csv"]) == 2
    assert "give --json or --csv, not both" in capsys.readouterr().err


def test_marks_from_python():
    solution = solve(SHEET)
    sheet = parse_answers("[q1]\nz1 = [1.1, 1.7]", "Ada")
    assert (mark(solution, sheet).student, mark(solution, sheet).score) == ("Ada", 1)
    with pytest.raises(SheetError, match="no question 'q7' in the worksheet"):
        mark(solution, parse_answers("[q7]\nz = 1"))


def test_shares_of_the_marks_add_up_to_all_of_them():
    sheet = """
    [[question]]
    id = "q1"
    topic = "perceptron"
    marks = 0.7
    find = ["z", "yhat"]
    given = { x = [1, 2], w = [0.5, 0.25], b = 1 }
    """
    assert check(sheet, "[q1]\nz = 2\nyhat = 1\n").score == 0.7


SOFTMAX = """
[[question]]
id = "q1"
topic = "activation"
find = ["powers", "sum", "a"]
given = { activation = "softmax", z = [0, 1, 2] }
"""


def test_digits_that_were_not_written_of_a_wrong_value_may_have_been_gone_on_with():
    """e² is taken as 8.38908…, and written as 8.3891: the sum is 12.10737 or 12.1074 from what is written."""
    for total, verdict in ((12.1073, "follows"), (12.1074, "follows"), (12.1079, "wrong")):
        answers = f"[q1]\npowers = [1, 2.7183, 8.3891]\nsum = {total}\n"
        powers, found = check(SOFTMAX, answers).questions[0].answers[:2]
        assert (powers.verdict, found.verdict) == ("wrong", verdict)


def test_an_answer_on_the_border_is_right():
    """cos(60°) is 1/2, which a ball cannot tell from the border of what 0.1999 + 0.0001 is cut off from."""
    sheet = """
    [[question]]
    id = "q1"
    topic = "optimizer"
    [question.given]
    steps = 3
    optimizer = { name = "SGD", learning_rate = 0.4 }
    schedule = { name = "CosineDecay", decay_steps = 4 }
    """
    answer = check(sheet, '[q1]\n"learning_rate.3" = 0.1999\n').questions[0].answers
    assert {one.verdict for one in answer if one.name == "learning_rate.3"} == {"right"}


def test_the_slope_of_a_function_without_a_formula_is_read():
    sheet = """
    [[question]]
    id = "q1"
    topic = "identity"
    find = ["dz2"]
    given = { identity = "backpropagation", sizes = [1, 1, 1] }
    """
    for given, verdict in (("f'(z_21)*(a_21 - y_1)", "right"), ("f'(z_11)*(a_21 - y_1)", "wrong")):
        (answer,) = check(sheet, f'[q1]\ndz2 = "{given}"\n').questions[0].answers
        assert answer.verdict == verdict
