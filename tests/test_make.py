"""``chainrule make``: files, class lists, and what is said of wrong input."""

import json
import tomllib

import pytest

from chainrule.cli.main import run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class.txt").write_text("Anne\nBo Bö\n")
    return tmp_path


def test_it_prints_a_worksheet_that_solves(folder, capsys):
    assert run(["make", "loss", "--seed", "3", "--count", "2"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# chainrule make loss --difficulty easy --count 2 --seed 3\n")
    (folder / "week.toml").write_text(text)
    assert run(["solve", "week.toml", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["questions"]) == 2


def test_a_seed_that_is_drawn_is_told(folder, capsys):
    assert run(["make", "loss", "-n", "1"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("seed ")
    assert f"--seed {captured.err.split()[1]}\n" in captured.out


def test_the_sheet_does_not_have_the_answers_and_the_key_does(folder):
    assert (
        run(["make", "loss", "--seed", "3", "-o", "a.html", "-o", "a.md", "-o", "a.tex", "-k", "key.md"]) == 0
    )
    key, sheet = (folder / "key.md").read_text(), (folder / "a.md").read_text()
    assert "Loss of all samples" in key
    assert "Loss of all samples" not in sheet
    assert "name in an answer file" in sheet
    for name in ("a.html", "a.tex"):
        assert "sample_loss" in (folder / name).read_text().replace(r"\_", "_")


def test_a_variant_for_each_student_and_marking_by_it(folder, capsys):
    files = ["-o", "week/{student}.toml", "-o", "sheets/{student}.html", "-o", "all.html", "-k", "key.html"]
    assert run(["make", "loss", "network", "--students", "class.txt", "--seed", "1", *files]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == ["wrote week/Anne.toml", "wrote week/Bo Bö.toml"]
    assert (folder / "sheets" / "Bo Bö.html").exists()
    page = (folder / "all.html").read_text()
    assert "Exercises: loss, network (easy): Anne" in page
    assert "Exercises: loss, network (easy): Bo Bö" in page
    assert run(["solve", "week/Anne.toml", "--json"]) == 0
    solved = json.loads(capsys.readouterr().out)["questions"][0]["quantities"]
    (folder / "answers").mkdir()
    lines = [f"{q['name']} = {json.dumps(q['value'])}" for q in solved]
    (folder / "answers" / "Anne.toml").write_text("\n".join(["[q1]", *lines]))
    (folder / "answers" / "b.toml").write_text("\n".join(['student = "Bo Bö"', "[q1]", *lines]))
    (folder / "answers" / "c.toml").write_text("\n".join(['student = "../week/Anne"', "[q1]", *lines]))
    assert run(["check", "week", "answers", "--json"]) == 2
    captured = capsys.readouterr()
    anne, bo = (sheet["questions"][0] for sheet in json.loads(captured.out)["sheets"])
    assert anne["score"] == anne["out_of"]
    assert bo["score"] < bo["out_of"], "the numbers of another student"
    assert captured.err == (
        "chainrule: answers/c.toml: no worksheet of the student '../week/Anne'; "
        "expected week/../week/Anne.toml\n"
    )


def test_a_table_of_a_class(folder):
    (folder / "class.csv").write_text('No;Student;Mail\n1; Anne ;a@b\n2;"Bo; jr";c@d\n', encoding="utf-8-sig")
    assert run(["make", "loss", "--students", "class.csv", "--seed", "1", "-o", "{student}.toml"]) == 0
    assert (folder / "Anne.toml").exists()
    assert tomllib.loads((folder / "Bo; jr.toml").read_text())["title"] == "Exercises: loss (easy): Bo; jr"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no student in it; expected a name in each line"),
        ("Anne\nanne\n", "line 2: 'anne' is in line 1 already"),
        ("Anne\n../../etc/passwd\n", "line 2: '../../etc/passwd' cannot be the name of a student's file"),
        ("Anne\n.hidden\n", "line 2: '.hidden' cannot be"),
        ("name,mail\nAnne,a@b\n", "a table with one column 'student'; its columns are name, mail"),
        ("student,mail\n,a@b\n", "line 2: '' cannot be the name"),
        ('student,mail\n"Anne,a@b\n', "unexpected end of data"),
        ("\n".join(map(str, range(10_001))), "10,001 students; expected at most 10,000"),
        ("x" * 101, "cannot be the name of a student's file"),
        ("a" * 1_000_001, "more than 1,000,000 bytes"),
    ],
)
def test_a_class_list_that_cannot_be_used(folder, capsys, text, says):
    (folder / "bad.csv").write_text(text)
    assert run(["make", "loss", "--students", "bad.csv", "--seed", "1", "-o", "{student}.toml"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("chainrule: bad.csv: ")
    assert says in err
    assert err.count("\n") == 1
    assert [path.name for path in folder.iterdir() if path.suffix == ".toml"] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["los"], "no topic 'los'; expected one of"),
        (["loss", "-d", "harder"], "difficulty: expected one of easy, hard, medium"),
        (["loss", "-n", "0"], "count: expected 1 to 100,000 questions; got 0"),
        (["loss", "--seed", "-1"], "seed: expected a whole number from 0; got -1"),
        (["loss", "--kind", "x"], "no kind 'x' of the topic loss; expected one of"),
        (["loss", "-o", "a.txt"], "a.txt: cannot write '.txt'; expected one of"),
        (["loss", "-o", "a"], "a: cannot write a file without ending"),
        (["loss", "-k", "key.toml"], "key.toml: cannot write '.toml'; expected"),
        (["loss", "-o", "{student}.html"], "give a class list with --students"),
        (["loss", "--students", "class.txt"], "add -o 'sheets/{student}.html'"),
        (["loss", "--students", "class.txt", "-o", "a.toml"], "expected {student} in its name"),
        (["loss", "--students", "none.txt", "-o", "a.html"], "none.txt: No such file or directory"),
        (["loss", "-o", "class.txt/a.html"], "class.txt"),
        ([], "Missing argument 'TOPIC...'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(folder, capsys, arguments, says):
    assert run(["make", *arguments]) == 2
    err = capsys.readouterr().err.removeprefix("seed ")
    assert says in err
    assert "Traceback" not in err


def test_kinds_are_listed(folder, capsys):
    assert run(["make", "loss", "--kinds"]) == 0
    assert "mean_squared_error" in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize("ending", [".pdf", ".docx"])
def test_word_and_pdf(folder, ending):
    pytest.importorskip("pypandoc")
    arguments = ["make", "loss", "--students", "class.txt", "--seed", "1"]
    assert run([*arguments, "-o", f"all{ending}", "-k", f"key{ending}"]) == 0
    assert (folder / f"all{ending}").read_bytes()[:2] == {".pdf": b"%P", ".docx": b"PK"}[ending]
