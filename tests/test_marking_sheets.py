"""The course's answer sheets, marked as a careful examiner would: see docs/errata.md."""

from pathlib import Path

import pytest

from chainrule.marking.answers import parse_answers, read_answers
from chainrule.marking.sheet import check, mark
from chainrule.paper.solving import solve

HERE = Path(__file__).parent
FOLDER = HERE / "answers"
WORKSHEETS = HERE.parent / "worksheets"


@pytest.fixture(scope="module")
def sheets():
    """Every verdict of both sheets: ``sheets["A"]["6", "var"]``."""
    solution = solve(FOLDER / "worksheet.toml")
    return {
        name: {
            (question.id, answer.name): answer
            for question in mark(solution, read_answers(FOLDER / f"sheet-{name.lower()}.toml")).questions
            for answer in question.answers
        }
        for name in "AB"
    }


RIGHT = {
    "A": [
        ("2a", "z1"),
        ("2a", "a1"),
        ("4", "parameters"),
        ("6", "mean"),
        ("8", "Y"),
        ("14a", "multiplications_second"),
    ],
    "B": [
        ("1", "powers"),
        ("1", "sum"),
        *(("2b", name) for name in ("z1", "a1", "z2", "a2", "z3", "a3")),
        *(("3", name) for name in ("z1", "a2", "loss", "dW2")),
        ("4", "parameters"),
        ("6", "mean"),
        ("6", "var"),
        ("8", "Y"),
        ("14b", "multiplications"),
        ("14b", "multiplications1_1_1_new"),
        ("14b", "multiplications1_2_2_new"),
    ],
}


@pytest.mark.parametrize(
    ("sheet", "place"),
    [
        pytest.param(name, place, id="-".join((name, *place)))
        for name, places in RIGHT.items()
        for place in places
    ],
)
def test_where_they_are_right_they_are_right(sheets, sheet, place):
    assert sheets[sheet][place].verdict == "right"


@pytest.mark.parametrize(
    ("sheet", "place", "slip", "says"),
    [
        ("A", ("6", "var"), "n_minus_one", "divided by the number less 1"),
        ("A", ("6", "y"), "sign", "the sign is turned"),
        (
            "B",
            ("6", "xhat"),
            "variance_for_deviation",
            "taken in place of the standard deviation",
        ),
        ("B", ("6", "y"), "beta_subtracted", "β is subtracted"),
        ("B", ("1", "a"), "decimal_point", "the decimal point has slipped"),
        ("B", ("14b", "multiplications_new"), "one_by_one_left_out", "the 1×1 convolutions are left out"),
    ],
)
def test_the_slips_are_named(sheets, sheet, place, slip, says):
    answer = sheets[sheet][place]
    assert answer.verdict == "wrong"
    assert says in answer.explanation
    assert slip == answer.slip


def test_what_is_right_under_the_other_variance_follows(sheets):
    assert sheets["A"]["6", "xhat"].verdict == "follows"


def test_what_fits_nothing_is_wrong(sheets):
    wrong = {
        place for place, answer in sheets["A"].items() if answer.verdict == "wrong" and answer.slip is None
    }
    assert wrong == {("1", "a"), ("14a", "multiplications"), ("14a", "saving")}
    assert sheets["B"]["3", "a1"].verdict == "wrong"


def worksheet(name, question, answers):
    found = check(
        (WORKSHEETS / f"{name}.toml").read_text(encoding="utf-8"), f"[{question}]\n{answers}\n"
    ).questions
    (marked,) = (q for q in found if q.id == question)
    return {answer.name: answer for answer in marked.answers}


def test_the_lectures_recall_has_the_wrong_cell():
    recall = worksheet("11-evaluation", "spam-filter", "recall = 0.667")["recall"]
    assert (recall.verdict, recall.slip) == ("wrong", "wrong_cell")


def test_the_examinations_map_is_right_with_the_filter_turned():
    answers = "Y = [[158, 183, 172], [229, 237, 238], [164, 232, 233]]\ndX_size = [1, 1]"
    found = worksheet("13-convolution", "flip-convolution", answers)
    assert found["Y"].verdict == "right"
    assert found["dX_size"].verdict == "wrong"


def test_a_sheet_that_is_read_twice_is_marked_alike():
    text = (FOLDER / "worksheet.toml").read_text(encoding="utf-8")
    answers = (FOLDER / "sheet-b.toml").read_text(encoding="utf-8")
    first, second = (mark(solve(text), parse_answers(answers)).to_json() for _ in range(2))
    assert first == second
