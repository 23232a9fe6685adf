"""The page on sweeps: its file is swept, its code runs, its table names every key."""

import re
from pathlib import Path

import pytest

from chainrule.experiment.file import parse_train_file
from chainrule.experiment.sweep_table import SweepTable
from chainrule.sweeps import Halving
from marks import but_slow

PAGE = (Path(__file__).parents[1] / "docs" / "sweeps.md").read_text(encoding="utf-8")
(FILE,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_file_on_the_page_is_read_as_the_page_says():
    file = parse_train_file(FILE)
    assert len(file.swept()) == 60
    assert file.sweep.halved() == Halving(3, 2)
    assert Halving(3, 2).rounds(60, file.fit.epochs) == [(60, 2), (20, 6), (6, 18)]


def test_the_table_names_every_key():
    assert re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE) == [*SweepTable.model_fields]


@pytest.mark.parametrize("count", but_slow([3], [3, 30]))
def test_the_code_on_the_page_runs(count):
    names: dict = {}
    assert "count=30," in CODE
    exec(CODE.replace("count=30,", f"count={count},"), names)
    assert len(names["rows"]) == count
    assert names["found"].best.at_end("val_accuracy") > 0.8
    _, accuracy = names["model"].evaluate(names["x"][:300], names["y"][:300], verbose=0)
    assert abs(accuracy - names["found"].best.at_end("val_accuracy")) < 1e-6
