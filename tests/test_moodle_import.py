"""The Moodle XML, imported by Moodle itself and marked by its question engine.

``CHAINRULE_MOODLE`` is the path of an installed Moodle (its config.php names a database in which nothing is
kept); 4.5 is what this was made with.
"""

import json
import os
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from chainrule.exercises.moodle import quiz
from chainrule.paper.solving import solve
from moodle_oracle import read
from test_moodle import HOSTILE, NET, WORD, WORKSHEETS

PHP, MOODLE = shutil.which("php"), os.environ.get("CHAINRULE_MOODLE")
IMPORT = Path(__file__).parent / "moodle" / "import.php"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PHP is None, reason="PHP is not installed"),
    pytest.mark.skipif(MOODLE is None, reason="CHAINRULE_MOODLE names no Moodle"),
]


def imported(text, tmp_path, responses=()):
    """What Moodle makes of a file, and of responses to its questions."""
    file = tmp_path / "quiz.xml"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [PHP, IMPORT, MOODLE, file],
        input=json.dumps([*responses]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def chosen(question):
    """Choices for each box of a question: the right ones, then every other in turn."""
    most = max((len(box.choices) for box in question.boxes), default=0)
    return [[box.choices[i if i < len(box.choices) else 0] for box in question.boxes] for i in range(most)]


def filled_in(question):
    """What is written into the boxes of a question, response by response."""
    return [[choice.answer for choice in choices] for choices in chosen(question)]


def assert_marked_as_meant(question, result):
    """Moodle gives each choice of each box its fraction and its feedback, and the question their sum."""
    weights = [box.weight for box in question.boxes]
    for choices, response in zip(chosen(question), result["responses"], strict=True):
        expected = [{"fraction": c.percent / 100, "feedback": c.feedback} for c in choices]
        assert response["boxes"] == expected
        earned = sum(w for w, c in zip(weights, choices, strict=True) if c.percent == 100)
        assert response["fraction"] == pytest.approx(earned / sum(weights))


@pytest.mark.parametrize("sheet", [*WORKSHEETS, NET, WORD], ids=lambda sheet: getattr(sheet, "stem", "sheet"))
def test_moodle_imports_it_and_marks_as_meant(sheet, tmp_path):
    text = quiz(solve(sheet))
    category, questions = read(text)
    results = imported(text, tmp_path, map(filled_in, questions))
    assert [result["name"] for result in results] == [question.name for question in questions]
    for question, result in zip(questions, results, strict=True):
        assert result["category"] == category.removeprefix("$course$/top/").replace(" // ", " / ")
        assert result["type"] == ("multianswer" if question.kind == "cloze" else "essay")
        assert result["working"].strip() == question.feedback.strip()
        assert result["key"].strip() == question.key.strip()
        assert [box["mark"] for box in result["boxes"]] == [box.weight for box in question.boxes]
        assert result["mark"] == pytest.approx(sum(b.weight for b in question.boxes) or question.marks)
        assert result["html"].count("_answer") >= len(question.boxes)
        if question.boxes:
            assert_marked_as_meant(question, result)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_worksheet_breaks_out_in_moodle(text, tmp_path):
    said = json.dumps(text)
    sheet = NET.replace('"Week 4"', said).replace('"net"', f"{said}\ntext = {said}")
    (result,) = imported(quiz(solve(sheet)), tmp_path)
    assert len(result["boxes"]) == 8
    assert "<script>alert" not in result["html"]
    shown = unescape(result["html"].replace("<span>", "").replace("</span>", ""))
    assert "".join(sign for sign in text if sign.isprintable()) in shown
