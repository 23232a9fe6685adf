"""The report of a run: one page that stands alone, with everything that was found out."""

import html.parser
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.main import run as command
from chainrule.experiment.file import parse_train_file
from chainrule.experiment.run import train
from chainrule.report.figures import curves
from chainrule.report.page import hand_step, report

CLASSIFIER = """
title = "Quadrants <script>alert(1)</script>"
seed = 1
loss = "sparse_categorical_crossentropy"
optimizer = { name = "SGD", learning_rate = 0.5, momentum = 0.5 }
metrics = ["accuracy"]
layers = [
  { layer = "Dense", units = 3, activation = "tanh" },
  { layer = "Dense", units = 2, activation = "softmax" },
]
[data]
x = [[1, 1], [2, 1], [1, 2], [2, 2], [-1, -1], [-2, -1], [-1, -2], [-2, -2], [-1, 1], [1, -1]]
y = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1]
test = 0.4
[fit]
epochs = 5
batch_size = 2
"""
REGRESSION = """
title = "A line"
loss = "mse"
layers = [{ layer = "Dense", units = 1, W = [[0.5]] }]
[data]
x = [1, 2, 3]
y = [2, 4, 6]
[fit]
epochs = 3
batch_size = 3
shuffle = false
"""
ONE_HOT = """
loss = "categorical_crossentropy"
metrics = ["accuracy"]
layers = [{ layer = "Dense", units = 2, activation = "softmax", kernel_initializer = "zeros" }]
[data]
x = [[0], [1], [2]]
y = [[1, 0], [0, 1], [0, 1]]
"""
SEVERAL = """
loss = "binary_crossentropy"
metrics = ["accuracy"]
layers = [{ layer = "Dense", units = 3, activation = "sigmoid" }]
[data]
x = [[0], [1], [2]]
y = [[1, 0, 1], [0, 1, 1], [1, 1, 1]]
"""
WIDE = """
loss = "mse"
layers = [{ layer = "Dense", units = 30, activation = "relu" }, { layer = "Dense", units = 1 }]
[data]
x = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]]
y = [1]
"""
IMAGES = """
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]
optimizer = { name = "SGD", learning_rate = 0.1 }
layers = [
  { layer = "Reshape", target_shape = [4, 4, 1] },
  { layer = "Conv2D", filters = 2, kernel_size = 2, activation = "relu" },
  { layer = "Residual", layers = [{ layer = "Conv2D", filters = 2, kernel_size = 3, padding = "same" }] },
  { layer = "BatchNormalization" },
  { layer = "Dropout", rate = 0.25 },
  { layer = "GlobalAveragePooling2D" },
  { layer = "Dense", units = 2, activation = "softmax" },
]
[data]
x = [
  [0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0],
  [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0],
  [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
]
y = [0, 1, 1]
[fit]
epochs = 2
"""
CASES = {
    "images": IMAGES,
    "classifier": CLASSIFIER,
    "regression": REGRESSION,
    "one-hot": ONE_HOT,
    "wide": WIDE,
}


class Runs(dict):
    """Each case, trained and reported when a test asks for it."""

    def __missing__(self, name):
        run = train(parse_train_file(CASES[name]), verbose=0)
        step = hand_step(run)
        self[name] = run, step, report(run, step)
        return self[name]


@pytest.fixture(scope="module")
def runs():
    return Runs()


class Page(html.parser.HTMLParser):
    """The page's text by section, and its elements."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("name", CASES)
def test_a_report_stands_alone_and_its_pictures_are_xml(runs, name):
    page = Page(runs[name][2])
    assert "script" not in page.tags
    assert not {"link", "iframe", "object", "embed"} & set(page.tags)
    for key, value in page.attributes:
        assert not key.startswith("on")
        if key in ("src", "href", "xlink:href"):
            assert value.startswith(("#", "data:image/png;base64,"))
    assert "@import" not in runs[name][2]
    for picture in re.findall(r"<svg.*?</svg>", runs[name][2], re.DOTALL):
        ET.fromstring(picture)


@pytest.mark.parametrize("name", CASES)
def test_a_report_has_its_curves_the_network_its_cost_and_a_step(runs, name):
    run, step, text = runs[name]
    page = Page(text)
    for heading in ("How it learned", "The network", "What it costs, for one row", "One step by hand"):
        assert heading in page.text
    names = [key for key in run.history.history if not key.startswith("val_")]
    for metric in names:
        assert f"{metric} over the epochs" in text
    assert f"{run.model.count_params():,} parameters" in page.text
    assert f"on row {step.row + 1} of the" in page.text


def test_a_classifier_has_a_confusion_matrix_and_its_test_accuracy(runs):
    run, _, text = runs["classifier"]
    page = Page(text)
    assert "Confusion matrix" in text
    labels = run.model.predict(run.x_test, verbose=0).argmax(axis=1)
    wrong = int((labels != run.y_test).sum())
    assert f"{wrong} of 4 rows are predicted wrongly" in page.text
    accuracy = run.model.evaluate(run.x_test, run.y_test, verbose=0, return_dict=True)["accuracy"]
    assert f"{accuracy:.2%} test accuracy" in page.text
    assert "6 rows trained on" in page.text
    assert "5 epochs" in page.text


def test_one_hot_targets_have_a_confusion_matrix_too(runs):
    assert "Confusion matrix" in runs["one-hot"][2]
    assert "training accuracy" in Page(runs["one-hot"][2]).text


def test_one_epoch_is_a_point_above_a_whole_number():
    for epochs, points in ((1, 2), (2, 0)):
        (picture,) = curves({"loss": [0.5] * epochs, "val_loss": [0.7] * epochs}, "test")
        assert len(re.findall(r"<g clip-path[^>]*>\s*<use", picture)) == points
        assert "<!-- 1 -->" in picture
        assert not re.search(r"<!-- 0\.9\d* -->", picture)


def test_several_labels_per_row_are_no_classes():
    run = train(parse_train_file(SEVERAL), verbose=0)
    page = report(run, hand_step(run))
    assert "Confusion matrix" not in page
    assert "predicted wrongly" not in page


@pytest.mark.parametrize(
    ("parts", "measured", "drawn"),
    [
        pytest.param("validation = 0.4", "validation", {"validation"}, marks=pytest.mark.slow),
        ("test = 0.2\nvalidation = 0.2", "test", {"validation"}),
        pytest.param("test = 0.4", "test", {"test"}, marks=pytest.mark.slow),
        ("", "training", set()),
    ],
)
def test_what_is_held_out_is_drawn_and_called_what_it_is(parts, measured, drawn):
    run = train(parse_train_file(CLASSIFIER.replace("test = 0.4", parts)), verbose=0)
    text = report(run, hand_step(run))
    assert f"{measured} accuracy" in Page(text).text
    assert {word for word in ("test", "validation") if f"<!-- {word} -->" in text} == drawn


def test_a_regression_has_none(runs):
    assert "Confusion matrix" not in runs["regression"][2]
    assert "predicted wrongly" not in runs["regression"][2]


def test_the_cost_table_counts_by_hand(runs):
    words = Page(runs["classifier"][2]).text
    table = re.search(r"layer output parameters multiplications forward backward (.*?) One step", words)[1]
    assert re.match(r"1 dense 3 9 (\d+) (\d+) 2 dense_1 2 8 (\d+) (\d+) total 17 ", table)
    assert "total 2 " in Page(runs["regression"][2]).text


def test_the_step_by_hand_has_the_loss_and_the_weights_of_the_model(runs):
    for name, (run, step, text) in ((name, runs[name]) for name in CASES):
        x, y = run.x_test[step.row : step.row + 1], run.y_test[step.row : step.row + 1]
        expected = run.model.evaluate(x, y, verbose=0, return_dict=True)["loss"]
        if name != "images":  # whose loss while training is another, by its batch and its dropout
            assert float(step.working["loss"].item()) == pytest.approx(expected, rel=1e-4, abs=1e-6)
        for name, values in run.model.parameters.items():
            np.testing.assert_array_equal(step.working[name].astype(np.float32), values)
        assert step.difference < 1e-5
        assert f"{step.difference:.1e}" in text


def test_the_step_is_on_a_row_that_is_predicted_wrongly_if_there_is_one(runs):
    run, step, _ = runs["one-hot"]
    labels = run.model.predict(run.x_test, verbose=0).argmax(axis=1)
    wrong = np.flatnonzero(labels != run.y_test.argmax(axis=1))
    assert step.row == (wrong[0] if len(wrong) else 0)


def test_titles_are_text(runs):
    assert "Quadrants <script>alert(1)</script>" in Page(runs["classifier"][2]).text


def test_train_writes_the_report(tmp_path, capsys):
    path = tmp_path / "line.toml"
    path.write_text(REGRESSION)
    assert command(["train", str(path), "-o", str(tmp_path / "run"), "--quiet"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"training loss: [\d.]+\n", out)
    assert re.search(r"one step by hand: \d+ quantities, exactly, on row 1; .* agrees to \d", out)
    assert "A line" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=5000 --dump-dom"
)
MEASURE = """<!doctype html><meta charset="utf-8"><title>waiting</title>
<iframe style="width:390px;height:800px;border:0"></iframe>
<script type="text/plain" id="page">%s</script>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => { document.title = `width=${frame.contentDocument.documentElement.scrollWidth}`; };
frame.srcdoc = decodeURIComponent(document.getElementById("page").textContent);
</script>"""


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
@pytest.mark.parametrize("name", CASES)
def test_a_report_is_as_wide_as_a_phone(runs, name, tmp_path):
    from urllib.parse import quote

    page, profile = tmp_path / "measure.html", tmp_path / "profile"
    page.write_text(MEASURE % quote(runs[name][2]), encoding="utf-8")
    profile.mkdir()
    arguments = [CHROMIUM, *FLAGS.split(), f"--user-data-dir={profile}", Path(page).as_uri()]
    seen = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False).stdout
    found = re.search(r"<title>width=(\d+)", seen)
    assert found, seen[:300]
    assert int(found[1]) <= 390
