"""The command line: what it prints, its exit statuses, and one line on stderr for every misuse."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule
from chainrule.cli.main import run

EXAMPLES = Path(__file__).parent.parent / "examples"
XOR, WEEK4 = str(EXAMPLES / "xor.toml"), str(EXAMPLES / "week4.toml")
COMMAND = (sys.executable, "-c", "import sys; from chainrule.cli.main import main; main(sys.argv[1:])")


def chainrule_process(*arguments, **options):
    """The command as a process of its own."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, timeout=120, check=False, **options)


def refused(capfd, *arguments):
    """The one line that is said of a misuse."""
    assert run(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("chainrule: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err.removeprefix("chainrule: ").strip()


def test_the_version_is_printed(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr() == (f"chainrule {chainrule.__version__}\n", "")


def test_without_arguments_the_commands_are_listed(capsys):
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert err == "chainrule: expected a command\n"
    for command in ("demo", "solve", "train", "schema"):
        assert command in out


@pytest.mark.parametrize("command", [[], ["solve"], ["train"], ["demo"], ["schema"]])
def test_help_is_no_mistake(capsys, command):
    assert run([*command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert "Usage" in out
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sovle"], "sovle"),
        (["solve"], "Missing argument"),
        (["solve", "none.toml"], "none.toml: No such file or directory"),
        (["solve", XOR, "--jsno"], "--jsno"),
        (["solve", XOR, "more"], "more: No such file or directory"),
        (["solve", XOR, "-o"], "-o"),
        (
            ["solve", XOR, "-o", "x.odt"],
            "cannot write '.odt'; expected .html, .pdf, .docx, .md, .tex, .ipynb",
        ),
        (["solve", XOR, "-o", "x"], "cannot write a file without ending"),
        (["solve", XOR, "-o", "none/x.html"], "none/x.html: No such file or directory"),
        (["solve", "bad\nname.toml"], "bad name.toml: No such file or directory"),
        (["solve", str(EXAMPLES)], "directory"),
        (["solve", ""], "directory"),
        (["train"], "Missing argument"),
        (["train", "none.toml"], "none.toml: No such file or directory"),
        (["train", XOR], "question: unknown key"),
        (["solve", str(EXAMPLES / "xor-train.toml")], "[[question]]"),
        (["demo", "more"], "more"),
        (["schema", "more"], "more"),
    ],
)
def test_a_misuse_is_one_line(capfd, tmp_path, monkeypatch, arguments, line):
    monkeypatch.chdir(tmp_path)
    assert line in refused(capfd, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_a_sheet_names_the_file_the_question_and_the_key(capfd, tmp_path):
    path = tmp_path / "sheet.toml"
    path.write_text(Path(XOR).read_text(encoding="utf-8").replace("loss =", "los ="), encoding="utf-8")
    said = refused(capfd, "solve", str(path))
    assert said.startswith(f"{path}: question 'xor', given.los: unknown key; expected one of")
    assert said.endswith("(did you mean 'loss'?)")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_what_may_not_be_read_or_written_is_named(capfd, tmp_path):
    secret, locked = tmp_path / "secret.toml", tmp_path / "locked"
    secret.touch(mode=0)
    locked.mkdir(mode=0o500)
    assert refused(capfd, "solve", str(secret)) == f"{secret}: Permission denied"
    assert refused(capfd, "solve", XOR, "-o", str(locked / "x.md")) == f"{locked / 'x.md'}: Permission denied"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_full_disk_is_one_line(option):
    with open("/dev/full", "w") as full:
        command = [*COMMAND, "solve", XOR, *option]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (2, b"chainrule: No space left on device\n")


def test_solve_prints_the_working(capsys):
    assert run(["solve", WEEK4]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("Week 4\n")
    assert "88209/10000" in out
    assert "\x1b" not in out


def test_json_alone_goes_to_stdout(capsys, tmp_path):
    page = tmp_path / "xor.html"
    assert run(["solve", XOR, "--json", "-o", str(page), "-o", str(tmp_path / "xor.json")]) == 0
    out, err = capsys.readouterr()
    printed = json.loads(out)
    assert printed == json.loads((tmp_path / "xor.json").read_text(encoding="utf-8"))
    assert printed["questions"][0]["quantities"][0]["name"] == "z1"
    assert err == f"wrote {page}\nwrote {tmp_path / 'xor.json'}\n"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_with_a_file_to_write_nothing_is_printed(capsys, tmp_path):
    assert run(["solve", XOR, "-o", str(tmp_path / "x.md")]) == 0
    assert capsys.readouterr().out == ""


def test_schema_is_json(capsys):
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Sheet"


def test_whoever_reads_the_output_may_leave(tmp_path):
    for option in ([], ["--json"]):
        command = [*COMMAND, "solve", WEEK4, *option]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(1)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 0


def test_a_console_that_cannot_write_every_letter_gets_the_others():
    done = chainrule_process("solve", XOR, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"z?[1,1] = 1?0 + 1?0 + 0 = 0" in done.stdout


def test_a_file_in_another_encoding_of_the_system_is_read_as_utf_8(tmp_path):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = chainrule_process("solve", WEEK4, "-o", str(tmp_path / "x.md"), env=environment)
    assert done.returncode == 0, done.stderr
    assert "ŷ" in (tmp_path / "x.md").read_text(encoding="utf-8")


HEAVY = ("jax", "jaxlib", "matplotlib", "sklearn", "scipy", "sympy", "nbformat", "keras")
IMPORTED = """
import sys
from chainrule.cli.main import run
print(run(sys.argv[1:]), *sys.modules)
"""


@pytest.mark.parametrize(
    ("sheet", "options", "may"),
    [
        (XOR, [], ()),
        pytest.param(XOR, ["--json"], (), marks=pytest.mark.slow),
        (XOR, ["-o", "x.html", "-o", "x.tex", "-o", "x.md"], ()),
        pytest.param(XOR, ["-o", "x.ipynb"], ("nbformat",), marks=pytest.mark.slow),
        pytest.param(WEEK4, [], ("sympy",), marks=pytest.mark.slow),
    ],
)
def test_solve_imports_nothing_heavy(tmp_path, sheet, options, may):
    command = [sys.executable, "-c", IMPORTED, "solve", sheet, *options]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, text=True, timeout=120, check=True)
    status, *imported = done.stdout.splitlines()[-1].split()
    assert status == "0"
    assert [name for name in HEAVY if name in imported and name not in may] == []


def test_chainrule_itself_imports_nothing_heavy():
    command = [sys.executable, "-c", "import sys, chainrule; print(*sys.modules)"]
    imported = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.split()
    assert [name for name in HEAVY if name in imported] == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_a_run_that_is_stopped_says_so(capfd, monkeypatch, error):
    def stop(*arguments):
        raise error

    monkeypatch.setattr("chainrule.paper.solving.solve", stop)
    assert run(["solve", XOR]) == (130 if error is KeyboardInterrupt else 2)
    assert re.fullmatch(r"chainrule: (stopped|not enough memory)\n", capfd.readouterr().err)
