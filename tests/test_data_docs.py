"""The page on data: its code runs, its training file trains, its table has every key."""

import re
from pathlib import Path

import pytest

from chainrule.data import NAMES
from chainrule.experiment.file import parse_train_file
from chainrule.experiment.run import train
from chainrule.experiment.table import DataTable

PAGE = (Path(__file__).parent.parent / "docs" / "data.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_code_on_the_page_runs_and_gives_what_it_says(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(BLOCKS[number], names)
    for shown, value in re.findall(r"^([a-z].*?)\s+# (\(.*)$", BLOCKS[number], flags=re.MULTILINE):
        assert str(eval(shown, names)) == f"({value})"


def test_the_training_file_on_the_page_trains():
    (toml,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    run = train(parse_train_file(toml), verbose=0)
    assert run.model.evaluate(run.x_test, run.y_test, verbose=0, return_dict=True)["accuracy"] > 0.9


def test_the_page_names_every_key_and_every_set():
    assert [key for key in DataTable.model_fields if f"`{key}`" not in PAGE] == []
    assert [name for name in NAMES if f"`{name}`" not in PAGE] == []
