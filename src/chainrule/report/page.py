"""The report of a training run: one self-contained HTML file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup
from sklearn.metrics import confusion_matrix

from chainrule.cost.count import layer_costs
from chainrule.experiment.run import Run
from chainrule.network import INPUT, TARGET
from chainrule.paper.output.context import question_context
from chainrule.paper.output.html import stylesheet
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network import GRAPH, NetworkWorking
from chainrule.paper.workings import Working
from chainrule.report import figures
from chainrule.report.augmentation import augmentation_figure, leading_augmentation
from chainrule.report.templating import environment, style
from chainrule.training.single import compiled_step
from chainrule.validation import CrossValidation

MOST_WRONG = 16
LEGENDS = {
    True: "Weights above 0 are blue, below 0 red; the stronger, the larger.",
    False: "Each layer with the shape of what it gives, and its parameters.",
}


@dataclass(frozen=True)
class HandStep:
    """The next update of the trained network on one row, worked by hand and compared.

    ``difference`` is how far the compiled step's new weights lie from the exact ones, at most. Where
    the step cannot be worked, ``obstacle`` says why and ``working`` is None.
    """

    row: int
    working: NetworkWorking | None = None
    difference: float = 0.0
    obstacle: str = ""


def hand_step(run: Run) -> HandStep:
    """Work the next update on the first row that is predicted wrongly, or else the first row."""
    model, row = run.model, _row_to_work(run)
    x, y = run.x_test[row : row + 1], run.y_test[row : row + 1]
    try:
        working = model.work(x, y)
    except (ArithmeticError, SheetError) as error:
        return HandStep(row, obstacle=str(error).removeprefix("given.layers: "))
    program = model.network.program(model.loss, model.optimizer)
    x_given, y_given = model.prepared(x, y)
    given = {INPUT: x_given, TARGET: y_given}
    given |= {
        name: working[name].astype(np.float32) for name in program.draws if name in working.tape.quantities
    }
    compiled = compiled_step(program, model.values, given, model.optimizer.rate)
    names = [f"{name}_new" for name in (*program.parameters, *program.carried)]
    changes = (np.abs(working[name].astype(float) - compiled[name]).max() for name in names)
    return HandStep(row, working, max(map(float, changes), default=0.0))


def report(run: Run, step: HandStep) -> str:
    """The whole page: results, curves, mistakes, the network, its cost, one step by hand."""
    sure = run.model.predict(run.x_test, verbose=0)
    return (
        environment()
        .get_template("report.html")
        .render(
            title=run.file.title,
            css=stylesheet(),
            report_css=Markup(style()),
            cards=_cards(run),
            figures=_figures(run, sure),
            start=run.start,
            folds=run.folds and _fold_table(run.folds),
            costs=layer_costs(run.model.network, run.model.loss, run.model.optimizer),
            total=run.model.count_params(),
            step=step,
            rows_of={"test": "test", "validation": "validation", "training": "data"}[run.measured_on],
            working=step.working and _shown(step.working),
        )
    )


def _shown(working: Working) -> dict[str, Any]:
    """The working without its graph, as the network is drawn already, and without a heading."""
    parts = [part for part in working.parts if part.id != GRAPH]
    return question_context(replace(working, parts=parts)) | {"name": "", "marks": ""}


def _cards(run: Run) -> list[tuple[str, str]]:
    found = run.model.evaluate(run.x_test, run.y_test, verbose=0, return_dict=True)
    return [
        *((f"{run.measured_on} {_words(name)}", _measure(name, value)) for name, value in found.items()),
        ("rows trained on", f"{len(run.x_train):,}"),
        ("epochs", f"{len(run.history.epoch):,}"),
        ("parameters", f"{run.model.count_params():,}"),
        ("time to train", f"{run.seconds:.1f} s"),
    ]


def _fold_table(folds: CrossValidation) -> dict[str, Any]:
    """The last scores of each fold, and over all."""
    scores = folds.scores
    rows = [
        [number + 1, f"{len(held):,}", *(_measure(name, scores[name][number]) for name in scores)]
        for number, (_, held) in enumerate(folds.rows)
    ]
    return {
        "names": [_words(name) for name in scores],
        "rows": rows,
        "means": [_measure(name, folds.mean(name)) for name in scores],
        "deviations": [_measure(name, folds.deviation(name)) for name in scores],
    }


def _words(name: str) -> str:
    return name.replace("_", " ")


def _measure(name: str, value: float) -> str:
    return format(value, ".2%" if "accuracy" in name else ".4g")


def _figures(run: Run, sure: np.ndarray) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "curves": [Markup(svg) for svg in figures.curves(run.history.history, run.file.held_out)],
        "network": Markup(figures.drawn_network(run.model.network, run.model.parameters)),
        "legend": LEGENDS[figures.has_units(run.model.network)],
    }
    layers = leading_augmentation(run.model.layers)
    if layers and isinstance(run.x_train, np.ndarray):
        drawn["augmentation"] = Markup(augmentation_figure(run.x_train, layers, seed=run.file.seed))
    if run.is_classifier:
        drawn |= _mistakes(run, sure)
    return drawn


def _mistakes(run: Run, sure: np.ndarray) -> dict[str, Any]:
    true, predicted = run.true_classes(), run.predicted_classes(sure)
    classes = run.data.classes or tuple(str(i) for i in range(max(2, sure.shape[1])))
    counts = confusion_matrix(true, predicted, labels=range(len(classes)))
    wrong = np.flatnonzero(true != predicted)
    drawn: dict[str, Any] = {
        "confusion": Markup(figures.confusion(counts, classes)),
        "wrong": len(wrong),
        "rows": len(true),
    }
    if run.data.image_shape and len(wrong):
        shown = wrong[:MOST_WRONG]
        captions = [f"{classes[true[i]]} → {classes[predicted[i]]}" for i in shown]
        pixels = run.x_test[shown].reshape(-1, *run.data.image_shape)
        drawn["images"] = Markup(figures.images(pixels, captions))
    return drawn


def _row_to_work(run: Run) -> int:
    if not run.is_classifier:
        return 0
    sure = run.model.predict(run.x_test, verbose=0)
    wrong = np.flatnonzero(run.true_classes() != run.predicted_classes(sure))
    return int(wrong[0]) if len(wrong) else 0
