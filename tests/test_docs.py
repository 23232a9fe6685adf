"""What the README and the documents say is so: their code runs, their sheets solve."""

import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import chainrule
from chainrule.cli.main import run
from chainrule.experiment.file import parse_train_file
from chainrule.paper import topics
from chainrule.paper.sheet import json_schema, parse_toml
from chainrule.paper.solving import solve
from chainrule.paper.topics import names

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_readme_has_the_two_commands_that_ci_runs():
    commands = re.findall(r"^python3 -m venv \.venv && .*$", README, flags=re.MULTILINE)
    assert [c.split()[-1] for c in commands] == ["demo", ".venv/bin/pytest"]


def test_what_the_readme_shows_of_solve_is_what_solve_prints():
    console, _ = blocks(README, "console")
    printed = str(solve(ROOT / "examples" / "week4.toml"))
    shown = [line.strip() for line in console.splitlines()[1:] if line.strip() not in {"…", ""}]
    assert len(shown) > 8
    for line in shown:
        assert line in printed, line


def test_what_the_readme_shows_of_check_is_what_check_prints(monkeypatch, capsys):
    _, console = blocks(README, "console")
    command, *shown = console.strip().splitlines()
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(command.split()[2:]) == 0
    printed = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())
    assert "\n".join(line for line in shown if line != "…") in printed


def test_the_readmes_worksheet_solves_to_the_numbers_that_it_names():
    (sheet,) = blocks(README, "toml")
    jsonschema.validate(json.loads(json.dumps(parse_toml(sheet), default=float)), json_schema())
    assert [str(v) for v in solve(sheet)["q1"]["dW1"].flat] == [
        "-297/100",
        "-2673/500",
        "-297/50",
        "-2673/250",
    ]


@pytest.mark.parametrize("block", [b for b in blocks(README, "python") if "import" in b])
def test_the_readmes_python_runs(block, tmp_path, monkeypatch, capsys):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})


def test_the_layer_in_the_readme_is_the_one_in_the_code():
    code = (ROOT / "src/chainrule/layers/dense.py").read_text(encoding="utf-8")
    (shown,) = (b for b in blocks(README, "python") if "def forward" in b)
    for line in shown.splitlines():
        wanted = line.strip()
        if wanted and not wanted.startswith("def ") and "affine(x" not in wanted:
            assert wanted in code, wanted


def test_the_error_in_the_worksheet_page_is_the_one_that_is_given():
    (shown,) = re.findall(r"chainrule: week4\.toml: (.*)", DOCS["worksheets"])
    sheet = (ROOT / "examples" / "week4.toml").read_text(encoding="utf-8")
    wrong = sheet.replace("W = [[0.5], [0.9]]", "W = [[0.5], [0.9], [1]]", 1)
    with pytest.raises(ValueError) as error:
        solve(wrong)
    assert str(error.value) == shown


def test_the_training_page_shows_the_file_of_the_demo():
    shown, *_ = blocks(DOCS["training"], "toml")
    embedded = (ROOT / "src/chainrule/experiment/digits.toml").read_text(encoding="utf-8")
    assert parse_train_file(shown) == parse_train_file(embedded)


def test_the_extending_page_runs_and_what_it_makes_trains_and_is_worked_by_hand():
    rule, activation, *layers, _ = blocks(DOCS["extending"], "python")
    names: dict = {}
    exec(
        "from chainrule.rules.activations.elementwise import elementwise\n"
        "from chainrule.rules.arrays import absolute",
        names,
    )
    for block in (rule, activation, *layers):
        exec(block, names)
    model = chainrule.Sequential([chainrule.Input((2,)), chainrule.layers.Dense(2), names["Square"]()])
    model.compile("sgd", "mse")
    x, y = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]])
    by_hand = model.work(x, y)
    model.fit(x, y, verbose=0)
    np.testing.assert_allclose(by_hand["W1_new"].astype(float), model.get_weights()[0], rtol=1e-5)
    softsign = names["softsign"]
    assert softsign.forward(np.array([-1.0]))[0] == -0.5


def test_a_topic_is_one_new_file(tmp_path, monkeypatch):
    *_, topic = blocks(DOCS["extending"], "python")
    (tmp_path / "odds.py").write_text(f"import chainrule\n{topic}", encoding="utf-8")
    monkeypatch.setattr(topics, "__path__", [*topics.__path__, str(tmp_path)])
    names.cache_clear()
    try:
        working = solve('[[question]]\nid = "q"\ntopic = "odds"\ngiven = { p = "1/4" }')["q"]
    finally:
        names.cache_clear()
    assert str(working["o"]) == "1/3"
    assert "(1/4)/(1 − 1/4)" in str(working) or "0.25/(1 − 0.25)" in str(working)


TOPICS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "topics").glob("*.md")}


@pytest.mark.parametrize("topic", names())
def test_every_topic_has_a_page_that_the_worksheet_page_links(topic):
    assert f"[`{topic}`](topics/{topic}.md)" in DOCS["worksheets"]
    assert blocks(TOPICS[topic], "toml"), "a page shows an example"


EXAMPLES_OF_TOPICS = [
    pytest.param(block, id=f"{topic}-{i}")
    for topic, text in sorted(TOPICS.items())
    for i, block in enumerate(blocks(text, "toml"))
    if "[[question]]" in block
]


@pytest.mark.parametrize("block", EXAMPLES_OF_TOPICS)
def test_the_examples_of_the_topics_solve_and_fit_the_schema(block):
    jsonschema.validate(json.loads(json.dumps(parse_toml(block), default=float)), json_schema())
    assert all(working.names or working.parts for working in solve(block).workings)
