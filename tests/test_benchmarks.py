"""The benchmark: its contestants train the same, and its tables say what its rounds say."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
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


def test_there_is_an_axis_for_every_kind_of_growth(bench):
    assert set(bench("growth").AXES) == {"rows", "width", "depth", "batch", "networks"}


@pytest.mark.slow
def test_growth_can_be_measured(bench):
    assert bench("growth").AXES["networks"].seconds(2) > 0


def test_the_page_has_a_place_for_the_tables_and_for_those_of_a_gpu(bench):
    report, begins = bench("report"), [bench("report").BEGIN, bench("gpu.report").BEGIN]
    text = report.PAGE.read_text()
    marks = re.findall("|".join(map(re.escape, [*begins, report.END])), text)
    assert marks == [begins[0], report.END, begins[1], report.END]


def test_tables_are_put_between_their_own_marks(bench, tmp_path):
    put, begin, end = bench("report").put, bench("report").BEGIN, bench("report").END
    page = tmp_path / "page.md"
    page.write_text(f"{begin}\nold\n{end}\nMiddle.\n<!-- other -->\nkept\n{end}\nBehind.\n")
    put(page, begin, "new")
    assert page.read_text() == (f"{begin}\n\nnew\n\n{end}\nMiddle.\n<!-- other -->\nkept\n{end}\nBehind.\n")
    put(page, "<!-- other -->", "newer")
    assert page.read_text().endswith(f"Middle.\n<!-- other -->\n\nnewer\n\n{end}\nBehind.\n")


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


def test_without_a_gpu_its_command_says_so_in_one_line():
    done = subprocess.run(
        [sys.executable, str(FOLDER / "gpu" / "run.py")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "JAX_PLATFORMS": "cpu"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "benchmarks/gpu/run.py: JAX finds no CUDA device: on a machine with an NVIDIA GPU, "
        "pip install -e '.[cuda]' torch; --device cpu tries it on the processor\n"
    )


def test_tables_of_a_gpu_have_its_rates_and_the_parts_of_them(bench, tmp_path, monkeypatch):
    def found(seconds, loss, **extra):
        rates = {"rate_f32": 4e12, "rate_bf16": 8e12, "rate_bytes": 2e12}
        return {"seconds": seconds, "first": 3.0, "loss": loss, "extra": {**rates, **extra}}

    own = {"operations": 1e12, "bytes": 4e11}
    one = {
        "chainrule_f32": found(0.5, 0.25, **own),
        "pytorch_eager_f32": found(2.0, 0.26, rate_f32=5e12),
        "pytorch_compiled_f32": found(1.0, 0.27),
        "chainrule_bf16": found(0.25, 0.28, operations=1e12),
        "pytorch_eager_bf16": found(0.2, 0.29),
        "pytorch_compiled_bf16": found(0.4, 0.30),
    }
    machine = {"date": "2026-01-02", "device": "A card", "cores": 8, "processor": "A processor"}
    machine |= {"system": "Linux x86_64", "python": "3.12.1", "versions": {"jax": "0.10", "torch": "2.13"}}
    results = tmp_path / "results"
    results.mkdir()
    (results / "wide.json").write_text(
        json.dumps({"machine": machine, "failure": "wide: …", "rounds": [one, one]})
    )
    own_report, page = bench("gpu.report"), tmp_path / "performance.md"
    page.write_text(f"Before.\n{own_report.BEGIN}\nold\n{bench('report').END}\nBehind.\n")
    monkeypatch.setattr(bench("report"), "PAGE", page)
    own_report.write(results, None)
    text = page.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith("\nBehind.\n")
    assert "old" not in text
    case, unit = "MLP of 4 × 1024, batch 256", "epoch of 5,120 rows"
    for line in (
        "- **Failed**: wide: …",
        "Measured on 2026-01-02: A card, beside 8 cores of A processor, Linux x86_64, Python 3.12.1; "
        "jax 0.10, torch 2.13.",
        "The card's rates, measured by every process: products of large matrices 5 TFLOP/s in f32 and "
        "8 TFLOP/s in bf16; a copy reads and writes 2 TB/s.",
        f"| {case} | f32 | 500 ms per {unit} | PyTorch, compiled | 1 s | **2** (2 to 2) |",
        f"| {case} | bf16 | 250 ms per {unit} | PyTorch, eager | 200 ms | **0.8** (0.8 to 0.8) |",
        f"| {case} | f32 | 1 TFLOP | 2 TFLOP/s, 40.0% | 1 TFLOP/s, 20.0% | 800 GB/s, 40.0% |",
        f"| {case} | bf16 | 1 TFLOP | 4 TFLOP/s, 50.0% | 5 TFLOP/s, 62.5% | not counted |",
        f"| {case} | bf16 | PyTorch, compiled | 400 ms | 3 s | 0.3000 |",
    ):
        assert f"{line}\n" in text
    own_report.write(results, "A try.")
    assert (results / "performance.md").read_text().startswith("A try.\n\n- **Failed**")


def test_bytes_of_a_program_are_xlas_and_those_of_its_calls_of_libraries(bench):
    traffic, n = bench("gpu.traffic"), 8
    plain = jax.jit(lambda a: a + 1).lower(np.zeros(1000, np.float32)).compile()
    assert traffic.bytes_accessed(plain) == pytest.approx(2 * 4000, abs=4)
    calling = jax.jit(jnp.linalg.cholesky).lower(np.eye(n, dtype=np.float32)).compile()
    called = 2 * 4 * n * n + 4  # the matrix there and back, and whether it went well
    assert traffic.bytes_accessed(calling) == calling.cost_analysis()["bytes accessed"] + called
    assert (
        traffic.bytes_of_calls(
            "  %a = f32[4,2]{1,0} parameter(0)\n"
            "  %b = bf16[2,3]{1,0} parameter(1)\n"
            '  ROOT %c.1 = (f32[4,3]{1,0}, s8[100]{0}) custom-call(%a, %b), custom_call_target="product"\n'
        )
        == 4 * 4 * 2 + 2 * 2 * 3 + 4 * 4 * 3
    )


def test_a_stretch_on_a_gpu_has_as_many_epochs_as_take_long_enough(bench):
    asked = []

    def train(epochs):
        asked.append(epochs)
        return 0.1 + 0.1 * epochs

    assert bench("gpu.timing").seconds_per_epoch(train, 0.4) == pytest.approx(0.5 / 4)
    assert asked == [1, 2, 4]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mlp", "lenet5", "cnn", "resnet20", "wide"])
def test_contestants_on_a_gpu_reach_the_same_loss_on_the_processor(bench, name):
    assert name in bench("gpu.report").CASES
    contest, library_of = bench("gpu.contest"), bench("ratios").library_of
    those = [c for c in contest.CONTESTANTS if importlib.util.find_spec(LIBRARIES[library_of(c)])]
    found = {c: contest._run_contestant(name, "cpu", True, c) for c in those}
    assert {"chainrule_f32", "chainrule_bf16"} <= set(found)
    assert bench("disagreement").disagreement(name, found, bench("cases").case(name).tolerance) is None
