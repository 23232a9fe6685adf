"""The benchmark: its contestants train the same, and its tables say what its rounds say."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
LIBRARIES = {
    "pytorch": "torch",
    "keras": "keras",
    "sklearn": "sklearn",
    "chainrule": "chainrule",
    "numpy": "numpy",
    "jax": "jax",
}


@pytest.fixture
def bench(monkeypatch):
    """Imports a module of the benchmark."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def contestants(bench, name):
    """Those of a case whose libraries are here."""
    library_of = bench("ratios").library_of
    return [
        c for c in bench("cases").case(name).contestants if importlib.util.find_spec(LIBRARIES[library_of(c)])
    ]


def found_by(bench, name):
    return {c: bench("contest").run_contestant(name, c, True) for c in contestants(bench, name)}


ALONE = ("marking", "limit")
"""Cases in which nothing is trained, or asked, by several."""
COMPARED = (
    "mlp",
    "xor",
    "many",
    "lenet5",
    "cnn",
    "resnet20",
    "wide",
    "one_row",
    "many_rows",
    "cold_start",
)


def test_every_case_is_tried_here(bench):
    assert {*COMPARED, *ALONE} == set(bench("cases").NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARED)
def test_contestants_reach_the_same_loss(bench, name):
    found = found_by(bench, name)
    assert "chainrule" in found
    assert len(found) > 1
    assert bench("disagreement").disagreement(name, found, bench("cases").case(name).tolerance) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_contestants_take_time(bench, name):
    assert all(found["seconds"] > 0 for found in found_by(bench, name).values())


def test_xor_by_formulas_and_by_chainrule(bench):
    found = {c: bench("contest").run_contestant("xor", c, True) for c in ("chainrule", "numpy")}
    assert found["chainrule"]["loss"] == pytest.approx(found["numpy"]["loss"], rel=1e-4)
    assert found["chainrule"]["loss"] < 0.02


def test_a_failing_contestant_is_named(bench):
    with pytest.raises(ChildProcessError, match=r"nobody ended with status 1:(.|\n)*KeyError: 'nobody'"):
        bench("contest").run_contestant("xor", "nobody", True)


def test_losses_that_differ_fail_the_case(bench):
    disagreement = bench("disagreement").disagreement
    found = {"a": {"loss": 0.50}, "b": {"loss": 0.60}, "c": {"loss": 0.52}}
    assert disagreement("mlp", found, 0.1) is None
    assert disagreement("mlp", found, 0.05) == (
        "mlp: the loss of b is 0.6, more than 0.05 from 0.52, the one in the middle"
    )
    assert "the loss of b is nan" in disagreement("mlp", {**found, "b": {"loss": float("nan")}}, 0.1)


def test_resuming_leaves_out_what_is_whole(bench, tmp_path):
    is_whole, place = bench("contest")._is_whole, tmp_path / "mlp.json"
    assert not is_whole(place, 1)
    place.write_text(json.dumps({"failure": None, "rounds": [{}, {}]}))
    assert is_whole(place, 2)
    assert not is_whole(place, 3)
    place.write_text(json.dumps({"failure": "mlp: …", "rounds": [{}, {}]}))
    assert not is_whole(place, 2)


def rounds(*seconds):
    """Rounds of chainrule and two ways of PyTorch."""
    names = ("chainrule", "pytorch_eager", "pytorch_compiled")
    return [{n: {"seconds": s} for n, s in zip(names, each, strict=True)} for each in seconds]


def test_a_ratio_is_that_of_one_round_against_the_best_way(bench):
    (ratio,) = bench("ratios").ratios(rounds((1, 4, 2), (2, 4, 6), (1, 9, 3)))
    assert ratio.contestant == "pytorch_compiled"
    assert ratio.rounds == (2, 3, 3)
    assert ratio.middle == 3


def test_the_rate_is_the_best_librarys_of_each_round(bench):
    found = [{"numpy": {"seconds": 0.02}, "jax": {"seconds": s}} for s in (0.01, 0.05, 0.005)]
    assert bench("ratios").rate(found) == pytest.approx(1e11)


def test_operations_of_an_update_are_those_counted_by_hand(bench):
    model = bench("cases.mlp").network(chainrule)
    model.compile("adam", "sparse_categorical_crossentropy")
    forward = gradients = 784 * 128 + 128 * 10
    behind, slopes_of_relu = 128 * 10, 128
    assert bench("peers.chainrule").operations(model) == 2 * (forward + gradients + behind + slopes_of_relu)


def test_the_exponent_of_a_power_is_found_behind_a_fixed_cost(bench):
    sizes = [2**n for n in range(12)]
    seconds = [1e-3 + 1e-3 * n**1.5 for n in sizes]
    assert bench("growth").exponent(sizes, seconds) == pytest.approx(1.5, abs=0.02)


def test_tables_have_every_contest_and_the_docs_keep_what_is_around_them(bench, tmp_path, monkeypatch):
    report = bench("report")
    one = {"seconds": 0.5, "first": 2.0, "loss": 0.1, "accuracy": 1.0, "extra": {}, "peak_mib": 100.0}
    own = one | {"seconds": 0.25, "extra": {"operations": 2.5e9}, "peak_mib": 80.0}
    (tmp_path / "results").mkdir()
    for name, found in {
        "mlp": {"chainrule": own, "pytorch_eager": one, "keras": one, "sklearn": one},
        "limit": {"numpy": one | {"seconds": 0.05, "loss": None}},
    }.items():
        table = {"failure": None, "rounds": [found, found]}
        (tmp_path / "results" / f"{name}.json").write_text(json.dumps(table))
    page = tmp_path / "performance.md"
    page.write_text(f"Before.\n\n{report.BEGIN}\nold\n{report.END}\n\nBehind.\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.write(tmp_path / "results", quick=False)
    text = page.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith("\nBehind.\n")
    assert "old" not in text
    assert (
        "| 250 ms per epoch of 60,000 rows | PyTorch, eager | 500 ms | **2** (2 to 2) | 4: missed |" in text
    )
    assert "| Keras on JAX | 500 ms | **2** (2 to 2) | 2: reached |" in text
    assert "| 80 | 100 | **1.25** (1.25 to 1.25) | 1: reached |" in text
    assert "reach 20.0 · 10⁹ operations per second" in text
    assert "| 2.5 | 50% | 25% | 25% |" in text
    assert (tmp_path / "performance" / "ratios.png").stat().st_size > 1000
    assert "<svg" in (tmp_path / "performance" / "ratios.svg").read_text()


def test_growth_of_every_kind_can_be_measured(bench, tmp_path):
    axes = bench("growth").AXES
    assert set(axes) == {"rows", "width", "depth", "batch", "networks"}
    assert axes["networks"].seconds(2) > 0


def test_the_page_has_a_place_for_the_tables(bench):
    report = bench("report")
    text = report.PAGE.read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1
    assert text.index(report.BEGIN) < text.index(report.END)


def test_pins_are_those_of_the_tests(bench):
    pins = dict(re.findall(r"^([\w-]+)==(\S+)$", (FOLDER / "requirements.txt").read_text(), re.M))
    tested = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.M))
    assert pins.pop("torch")
    assert pins == {name: tested.get(name) for name in pins}


def test_the_command_starts_with_the_standard_library_alone():
    script = "import runpy, sys; runpy.run_path('run.py', run_name='imported'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, '.'); {script}"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"numpy", "jax", "chainrule", "torch"} & set(done.stdout.split())
