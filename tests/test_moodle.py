"""Worksheets as Moodle XML: what is asked, which answers count, and what each slip is told."""

import json
import re
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from chainrule.exercises.moodle import quiz
from chainrule.exercises.moodle.cloze import Box, Choice
from chainrule.exercises.moodle.markup import words
from chainrule.marking.candidates import candidates
from chainrule.marking.chains import Chain
from chainrule.marking.question import mark_question
from chainrule.paper.digits import significant
from chainrule.paper.elements import as_number
from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve
from chainrule.paper.words import Word
from moodle_oracle import read

WORKSHEETS = sorted((Path(__file__).parent.parent / "worksheets").glob("*.toml"))
NEURON = """
[[question]]
id = "q1"
topic = "perceptron"
find = ["z"]
given = { x = [1, 2], w = [X, 0.25], b = 1 }
"""
NET = """
title = "Week 4"

[[question]]
id = "net"
topic = "network"
marks = 4
find = ["z1", "z2", "loss", "dW1"]
[question.given]
x = [[1, 2]]
y = [[5]]
loss = "mse"
layers = [
  { layer = "Dense", units = 2, W = [[0.5, 1], ["1/3", 1]], b = [1, 1] },
  { layer = "Dense", units = 1, W = [[1], [1]], b = [0.5] },
]
"""
WORD = """
[[question]]
id = "q1"
topic = "identity"
find = ["holds"]
given = { left = "1/(1 + e^-x)", right = "1/(1 + e^x)" }
"""
HOSTILE = [
    "]]>",
    "{1:NUMERICAL:=1}",
    "{#1}",
    "</p><script>alert(1)</script>",
    "}~#",
    "a~=b#c}",
    r"\(x\) \[y\] $$z$$ \\",
    "&lt;&amp;&#125;",
    "*",
    "'\"<!--",
    "\u0001\u000b\ufffe",
    "a/b//c",
]


@cache
def solved(sheet):
    solution = solve(sheet)
    return solution, read(quiz(solution))[1]


def asked(text):
    """The only question of a worksheet."""
    (question,) = read(quiz(solve(text)))[1]
    return question


def neuron(weight):
    """The box of z = w + 3/2."""
    (box,) = asked(NEURON.replace("X", weight)).boxes
    return box


def percent(box, answer):
    choice = box.choice(answer)
    return 0 if choice is None else choice.percent


# ------------------------------------------------------------------------ which answers count


def test_a_third_is_its_decimals_to_three_digits():
    box = neuron('"-7/6"')  # z = 1/3
    assert (box.choices[0].answer, box.choices[0].tolerance) == ("0.33333333333333", 0.0005)
    for answer in ("0.333", "0.3333", "0.33333333333"):
        assert percent(box, answer) == 100
    for answer in ("0.33", "0.334", "0.3", "3"):
        assert percent(box, answer) == 0


def test_digits_may_be_rounded_or_cut_off():
    box = neuron('"-5/6"')  # z = 2/3
    assert [percent(box, answer) for answer in ("0.667", "0.666", "0.665", "0.668")] == [100, 100, 0, 0]


def test_a_whole_number_must_be_exact():
    box = neuron("12344.5")
    assert [percent(box, answer) for answer in ("12346", "12346.0", "12345", "12300")] == [100, 100, 0, 0]


@pytest.mark.parametrize("power", [-200, -12, 12, 200])
def test_numbers_far_from_1_are_read(power):
    sheet = f"""
[[question]]
id = "q1"
topic = "perceptron"
find = ["z"]
given = {{ x = [1], w = ["1.23456e{power}"], b = 0 }}
"""
    (box,) = asked(sheet).boxes
    assert percent(box, f"1.23456e{power}") == 100
    assert percent(box, f"1.23e{power}") == (100 if power < 0 else 0)  # whole numbers are exact
    assert percent(box, "0") == percent(box, f"1.24e{power}") == 0


def test_a_number_beyond_the_floats_is_read_by_a_person():
    assert asked(NEURON.replace("X", '"1.5e400"')).kind == "essay"
    assert asked(NEURON.replace("X, 0.25", '"e^-1000", 0').replace("b = 1", "b = 0")).kind == "essay"


def test_with_rounding_answers_are_so_near_as_it():
    sheet = NEURON.replace("X", '"1/3"').replace("find", "rounding = 1\nfind")
    question = asked(sheet)
    (box,) = question.boxes
    assert "Round every step to 1 decimal" in question.text
    assert [percent(box, answer) for answer in ("1.8", "1.84", "1.9", "1.7")] == [100, 100, 0, 0]


def test_a_word_counts_in_any_case():
    question = asked(WORD)
    (box,) = question.boxes
    assert [percent(box, answer) for answer in ("no", "No", "yes", "0")] == [100, 100, 0, 0]
    assert "(yes or no)" in question.text


def test_each_quantity_has_a_box_for_each_entry():
    question = asked(NET)
    assert [len(question.boxes), question.text.count("<td"), question.text.count("<tr>")] == [8, 7, 4]
    first = [box.choices[0].answer for box in question.boxes[:2]]
    assert first == ["2.1666666666667", "4"]


# ------------------------------------------------------------------------------------- slips


def test_a_slip_is_told_at_no_marks():
    choice = neuron("0.5").choice("1")
    assert (choice.percent, choice.feedback) == (0, "This comes out if the bias is left out.")


def test_slips_with_one_value_are_told_together():
    told = [choice.feedback for box in asked(NET).boxes for choice in box.choices]
    assert any(re.search(r"comes out if [^,]+, or if [^,]+\.", feedback) for feedback in told)


def test_a_slip_before_what_is_asked_for_is_told_with_its_place():
    (box,) = asked(NET.replace('"z1", "z2", "loss", "dW1"', '"loss"')).boxes
    told = " ".join(choice.feedback for choice in box.choices)
    assert "the bias is left out (in z1)" in told
    assert "the errors are not squared" in told


def test_a_slip_with_the_right_value_is_no_choice():
    with_bias = NEURON.replace("X", "0.5").replace("b = 1", "b = 0")
    (box,) = asked(with_bias).boxes
    assert not any("bias is left out" in choice.feedback for choice in box.choices)


def _seen(working, quantity, value):
    """A value in the order of its boxes: row by row, matrix by matrix."""
    shown = working.shown(replace(quantity, value=value))
    if shown.ndim == 4:
        return shown.transpose((2, 3, 0, 1) if quantity.stacked == "kernel" else (0, 3, 1, 2))
    if shown.ndim == 3 and quantity.stacked != "samples":
        return shown.transpose(2, 0, 1)
    return shown


def _compared(working, questions):
    """Each quantity with boxes, and its boxes."""
    question = next((q for q in questions if q.name == working.name and q.kind == "cloze"), None)
    boxes = iter(question.boxes if question else [])
    for answer in mark_question(working, {}).answers:
        quantity = working.tape[answer.name]
        same = quantity.step.rule.same
        if all(isinstance(as_number(v), Number | Word) for v in quantity.value.flat) and (
            not same or (same == "order" and quantity.value.ndim == 1)
        ):
            yield quantity, [next(boxes) for _ in range(quantity.value.size)]
    assert next(boxes, None) is None


SHEETS = [
    pytest.param(s, id=s.stem, marks=pytest.mark.slow if s.stem[:2] in ("03", "08", "16") else ())
    for s in WORKSHEETS
]


@pytest.mark.parametrize("sheet", SHEETS)
def test_right_values_are_right_in_every_box(sheet):
    solution, questions = solved(sheet)
    count = 0
    for working in solution.workings:
        for quantity, boxes in _compared(working, questions):
            values = [as_number(v) for v in _seen(working, quantity, quantity.value).flat]
            if quantity.step.rule.same == "order":
                values.sort()
            for value, box in zip(values, boxes, strict=True):
                count += 1
                for answer in _ways_to_write(value):
                    assert percent(box, answer) == 100, (working.name, quantity.name, answer)
    assert count


def _ways_to_write(value):
    """A value with all digits, and where it is not whole, with three, rounded and cut off."""
    if isinstance(value, Word):
        return [value.text, value.text.upper()]
    exact = Decimal(significant(value, 14).text)
    if value.exact is not None and value.exact.q == 1:
        return [f"{exact}"]
    unit = Decimal(1).scaleb(exact.adjusted() - 2)
    units = exact / unit
    return [f"{exact}", *(f"{units.to_integral_value(how) * unit}" for how in (ROUND_HALF_UP, ROUND_DOWN))]


@pytest.mark.parametrize("sheet", SHEETS)
def test_each_slips_value_is_wrong_and_told_by_its_name(sheet):
    solution, questions = solved(sheet)
    told = 0
    for working in solution.workings:
        if working.rounding is not None:
            continue  # where the slips' values are rounded too
        for quantity, boxes in _compared(working, questions):
            if quantity.step.rule.same or any(isinstance(v, Word) for v in quantity.value.flat):
                continue
            right = _seen(working, quantity, quantity.value)
            for slip in candidates(Chain(working.tape, {}), quantity.name):
                wrong = _seen(working, quantity, slip.value)
                if wrong.shape != right.shape:
                    continue
                for value, true, box in zip(wrong.flat, right.flat, boxes, strict=True):
                    told += _is_told(as_number(value), as_number(true), box, slip)
    assert told


def _is_told(value, true, box, slip):
    if not isinstance(value, Number):
        return 0
    answer = significant(value, 14).text
    choice = box.choice(answer)
    if choice.percent == 100:
        exact = float(significant(true, 14).text)
        assert abs(float(answer) - exact) <= abs(exact) / 100
        return 0
    assert slip.what in unescape(choice.feedback), (slip, answer)
    return 1


# ------------------------------------------------------------------------------------- marks


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_marks_are_shared_evenly_by_quantity(sheet):
    solution, questions = solved(sheet)
    factor = sum(q.marks for q in questions) / sum(w.marks for w in solution.workings)
    for working in solution.workings:
        shares = [a.out_of for a in mark_question(working, {}).answers]
        for quantity, boxes in _compared(working, questions):
            weights = [box.weight for box in boxes]
            assert len({*weights}) == 1
            assert abs(weights[0] - shares[0] * factor / quantity.value.size) <= 0.5000001
    assert max(q.marks for q in questions) < 99_999


def test_marks_that_are_whole_stay_as_they_are():
    two = NEURON.replace("X", "0.5").replace('["z"]', '["z", "yhat"]\nmarks = 4')
    question = asked(two)
    assert (question.marks, [box.weight for box in question.boxes]) == (4, [2, 2])


# ---------------------------------------------------------------- what must be read by a person


def test_formulas_with_names_are_an_essay_with_the_key():
    question = asked(NET.replace("[[1, 2]]", '[["s", 2]]'))
    assert (question.kind, question.boxes, question.marks) == ("essay", [], 4)
    assert r"Find \(z_{1}\), \(z_{2}\)" in question.text
    assert r"\frac{3 s + 10}{6} &amp; s + 3" in question.key


def test_eigenvectors_are_read_and_eigenvalues_filled_in_ascending():
    sheet = """
[[question]]
id = "q1"
topic = "linear_algebra"
find = ["eigenvalues", "eigenvectors"]
marks = 3
given = { A = [[2, 1], [1, 2]] }
"""
    filled, read_ = read(quiz(solve(sheet)))[1]
    assert (filled.kind, read_.kind, read_.name) == ("cloze", "essay", "q1, to be read")
    values = filled.text[filled.text.index("ascending order") :]
    assert re.findall(r":=(-?\d)", values)[:2] == ["1", "3"]


# --------------------------------------------------------------------------- what stands in it


def test_the_category_is_the_title():
    assert read(quiz(solve(NET)))[0] == "$course$/top/Week 4"
    assert read(quiz(replace(solve(NET), title=" ")))[0] is None


def test_the_text_the_given_values_and_how_to_answer_are_in_the_question():
    question = asked(NET.replace('topic = "network"', 'topic = "network"\ntext = "Work it, 1 < 2."'))
    assert "<p>Work it, 1 &lt; 2.</p>" in question.text
    assert r"\(x = {\begin{bmatrix} 1 &amp; 2 \end{bmatrix}}\)" in question.text
    assert "at least 3 significant digits" in question.text


def test_every_number_of_a_large_array_is_given():
    sheet = f"""
[[question]]
id = "q1"
topic = "activation"
given = {{ activation = "relu", z = {list(range(101, 121))} }}
"""
    assert all(rf"\({number}\)" in asked(sheet).text for number in range(101, 121))


def test_the_working_is_the_general_feedback_without_what_moodle_cleans_away():
    feedback = asked(NET).feedback
    assert r"\(z_{1} = x W_{1} + b_{1}\)" in feedback
    assert not re.search(r"<(svg|math|style|script)", feedback)
    assert "Computational graph" not in feedback


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_worksheet_breaks_out(text):
    plain = asked(NET)
    said = json.dumps(text, ensure_ascii=True)
    sheet = NET.replace('"Week 4"', said).replace('"net"', f"{said}\ntext = {said}")
    category, (question,) = read(quiz(solve(sheet)))
    assert question.boxes == plain.boxes
    assert "<script" not in question.text
    assert "{#" not in question.text
    assert len(re.findall(r"(?<!/)/(?!/)", category)) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_no_answer_or_feedback_ends_its_box(text):
    written = Box("SHORTANSWER", (Choice(text, True), Choice("b", False, feedback=words(text)))).cloze(3)
    (box,) = replace(asked(NET), text=f"x {written} y").boxes
    assert [choice.answer for choice in box.choices] == [text, "b"]
    assert box.choices[1].feedback == str(words(text))


def test_words_are_shown_as_they_are():
    assert words(r"{1:NUMERICAL:=1} \(x\) a < b") == (
        r"&#123;1:NUMERICAL:=1} <span>\</span>(x<span>\</span>) a &lt; b"
    )
