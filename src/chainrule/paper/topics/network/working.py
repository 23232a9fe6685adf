"""A network worked by hand: its updates on a tape, and the parts of them that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from chainrule.layers.steps import Step
from chainrule.losses import Loss, MeanSquaredError
from chainrule.network import NEW, TARGET, Network, Program
from chainrule.network.shapes import shapes_of
from chainrule.optimizers import Optimizer
from chainrule.paper.notation import DIGITS
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.tape import (
    AFTER,
    BEFORE,
    COUNT,
    FORWARD,
    GRADIENTS,
    LOSS_PART,
    UPDATE,
    Descent,
    Tape,
    rounding,
    tidying,
    work,
)
from chainrule.paper.topics.network.door import constants
from chainrule.paper.topics.network.draws import without_steps
from chainrule.paper.topics.network.layout import layout
from chainrule.paper.topics.network.penalty import PENALTY, STRENGTH, Penalty, penalized
from chainrule.paper.topics.network.signs import hide_unused, name_quantities, say_what_is_stacked
from chainrule.paper.topics.network.studies import NEEDS_ALL_ROWS, STUDIES, study_of
from chainrule.paper.topics.network.subject import Subject
from chainrule.paper.values import read_array, resolve
from chainrule.paper.workings import Part, Picture, Working
from chainrule.rules.networks.gradients import own_gradient
from chainrule.rules.rule import size

GRAPH = "graph"
USUAL = (FORWARD, LOSS_PART, PENALTY, GRADIENTS, UPDATE)
_TITLES = {
    COUNT: "Number of updates",
    FORWARD: "Forward",
    LOSS_PART: "Loss",
    PENALTY: "Penalty",
    GRADIENTS: "Gradients",
    UPDATE: "Update",
    BEFORE: "Loss over all rows, before",
    AFTER: "Loss over all rows, after",
}
MOST_UPDATES = 2000
MOST_MULTIPLICATIONS = 500_000
"""Products and results of steps, over all updates; a hundred or so are done in a millisecond."""
MOST_SHOWN = 2000
"""Quantities of a question that are written out."""
MOST_FORMULAS = 10
"""Updates worked with formulas, which grow with each."""


@dataclass(frozen=True)
class NetworkWorking(Working):
    """A network worked by hand, with the steps that were worked."""

    network: Network | None = None
    program: Program | None = None

    def graph(self) -> str:
        """The computational graph of the first update, every edge with value and gradient, as SVG."""
        from chainrule.paper.graph import graph_svg

        return graph_svg(self)


def work_network(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    given: Mapping[str, np.ndarray],
    descent: Descent,
    closed: bool = False,
    rounded_to: int | None = None,
    find: list[str] | None = None,
    digits: int = DIGITS,
    penalty: Penalty | None = None,
    drawn: Mapping[str, Sequence[np.ndarray]] | None = None,
    training: bool = True,
    **shown: Any,
) -> NetworkWorking:
    """Work a network with exact numbers given for its inputs, y, and all that its layers keep and draw.

    ``drawn`` has a value of each random quantity for each update. Without y there is no loss: the
    gradients are then those of the one output. Without ``training`` it is the pass that predicts.

    Raises SheetError for more than can be worked by hand, WorkError for a step that cannot be worked.
    """
    rows = given[next(iter(network.inputs))].shape[0]
    updates, most = len(descent.batches(rows)), MOST_FORMULAS if closed else MOST_UPDATES
    if updates > most:
        kind = "with formulas" if closed else "by hand"
        raise SheetError(
            f"given.epochs: {updates:,} updates; at most {most:,} are worked {kind}: train it instead"
        )
    is_chosen = find is not None
    find = find or _usual(TARGET in given, training, penalty is not None)
    studies = {name: study for name in find if (study := study_of(name))}
    has_loss = TARGET in given
    optimizer = optimizer.exactly(lambda number: resolve(read_array(number), closed)[()])
    program = _program(network, loss, optimizer, given, training)
    check_size(network, program, loss, descent.rows(rows))
    program = without_steps(program, drawn or ())
    taken = {name for step in program.steps for name in step.inputs}
    drawn = {name: values for name, values in (drawn or {}).items() if name in taken}
    values = {**given, **_first_state(program, given, next(iter(network.inputs)))}
    if penalty is not None:
        program = penalized(program, network, penalty)
        values[STRENGTH] = resolve(penalty.strength, closed)
    whole = descent.batches(rows)[0] == slice(0, rows)
    measured = any(name.endswith(("_before", "_after")) for name in find)
    measured = has_loss and (measured or (not whole and not NEEDS_ALL_ROWS.isdisjoint(studies.values())))
    finish = _finish(closed, rounded_to)
    rate = np.asarray(optimizer.rate, dtype=object)
    tape = work(program, values, descent, rate, finish, measured, drawn, tuple(network.inputs))
    name_quantities(tape, program, has_loss, penalty is not None)
    say_what_is_stacked(tape, program)
    working = NetworkWorking(
        "network",
        tape,
        rounding=rounded_to,
        digits=digits,
        is_chosen=is_chosen,
        network=network,
        program=program,
        **shown,
    )
    found = _found(tape, [name for name in find if name not in studies])
    parts = _parts(tape, found)
    if parts:
        graph = Part(GRAPH, "Computational graph", (Picture("Computational graph", working.graph),))
        parts = [*layout(network, descent.batches(rows), rows), graph, *parts]
    if not studies:
        hide_unused(tape, program, found)
    page = Page(_question(working.name, digits, rounded_to, [*studies]))
    page.tape, page.closed = tape, closed
    subject = Subject(page, network, working.columns, program, updates, whole)
    for study in dict.fromkeys(studies.values()):
        STUDIES[study](subject)
    return replace(working, parts=[*parts, *page.working().parts])


def _usual(has_loss: bool, training: bool, has_penalty: bool) -> list[str]:
    """The parts that are shown where a question does not say which."""
    if not training:
        return [FORWARD, LOSS_PART] if has_loss else [FORWARD]
    return [name for name in USUAL if name != PENALTY or has_penalty]


def _question(name: str, digits: int, rounded_to: int | None, find: list[str]) -> Question:
    """What a page that is written on a tape worked before must know of the question."""
    known = {"id": name, "topic": "network", "given": {}, "digits": digits, "rounding": rounded_to}
    return Question.model_validate({**known, "find": find or None})


def check_size(network: Network, program: Program, loss: Loss, batches: Sequence[int]) -> None:
    """Raise SheetError where working all updates would take minutes."""
    steps = (*program.forward, *program.loss, *program.backward)
    shapes = shapes_of(network, replace(program, update=()), loss, max(batches))
    count = sum(
        step.rule.count((shapes[i] for i in step.inputs), step.options) + size(shapes[step.name])
        for step in steps
    ) * len(batches)
    if count > MOST_MULTIPLICATIONS:
        several = f" in {len(batches):,} updates" if len(batches) > 1 else ""
        raise SheetError(
            f"given.layers: there are {count:,} products and results{several}; at most "
            f"{MOST_MULTIPLICATIONS:,} are worked by hand"
        )


def _program(
    network: Network, loss: Loss, optimizer: Optimizer, given: Mapping[str, np.ndarray], training: bool
) -> Program:
    """The steps to be worked: without y no loss, and when nothing is trained neither gradients nor update."""
    has_loss = TARGET in given
    # Of a target that is a name nobody knows whether its row adds up to 1; a single one need not.
    fused = has_loss and (loss.entry.targets == "share" or not _has_symbols(given[TARGET]))
    program = network.program(loss if has_loss else MeanSquaredError(), optimizer, fused)
    if not training:
        forward, _ = network.forward()
        judged = program.evaluation[len(forward) :] if has_loss else ()
        return replace(program, forward=forward, loss=judged, backward=(), update=(), state={}, draws={})
    if has_loss:
        return program
    carrying = tuple(step for step in program.update if step.name.removesuffix(NEW) in program.carried)
    bare = replace(program, loss=(), backward=(), update=carrying, state={})
    if network.output_shape != (1,):
        return bare
    first, *backward = program.backward
    seed = Step(first.name, own_gradient, (program.output,))
    return replace(bare, backward=(seed, *backward))


def _first_state(program: Program, given: Mapping[str, np.ndarray], like: str) -> dict[str, np.ndarray]:
    """What the optimizer starts from, where it is not given, in the kind of number of the input."""
    kind = type(given[like].flat[0])
    return {
        name: np.full(parameter.shape, kind(constants(parameter.initializer, (1,))[0]), dtype=object)
        for name, parameter in program.state.items()
        if name not in given
    }


def _finish(closed: bool, rounded_to: int | None) -> Callable[[np.ndarray], np.ndarray]:
    if closed:
        return tidying
    return rounding(rounded_to) if rounded_to is not None else lambda value: value


def _has_symbols(values: np.ndarray) -> bool:
    return any(not getattr(v, "is_number", True) for v in values.flat)


def _parts(tape: Tape, found: list[str]) -> list[Part]:
    """The quantities found, by part and update."""
    several = max(q.update for q in tape.quantities.values()) > 1
    made = []
    for (part, update), names in groupby(found, lambda name: (tape[name].part, tape[name].update)):
        title = f"Update {update}: {_TITLES[part].lower()}" if several and update else _TITLES[part]
        made.append(Part(part, title, tuple(names)))
    return made


def _found(tape: Tape, find: list[str]) -> list[str]:
    """The names asked for: whole parts, quantities, or a quantity in every update."""
    names: dict[str, None] = {}
    for wanted in find:
        matches = [
            q.name
            for q in tape.quantities.values()
            if q.step is not None
            and (q.part == wanted or q.name == wanted or q.name.partition(".")[0] == wanted)
        ]
        if wanted in (BEFORE, AFTER):
            matches = [q.name for q in tape.quantities.values() if q.part == wanted]
        if wanted == UPDATE and len(find) > 1 and not matches:
            continue  # a network without parameters
        if not matches:
            worked = [q for q in tape.quantities.values() if q.step]
            known = {q.name.partition(".")[0] for q in worked if q.part not in (BEFORE, AFTER)}
            parts = dict.fromkeys(q.part for q in worked)
            missing = " (there is no y)"
            if TARGET in tape.quantities:
                missing, parts = "", {**parts, BEFORE: None, AFTER: None}
            raise SheetError(
                f"find: {wanted!r} is no part and no quantity here{missing}; "
                f"parts are {', '.join((*parts, *STUDIES))}; quantities are {', '.join(sorted(known))}"
            )
        names.update(dict.fromkeys(matches))
    if len(names) > MOST_SHOWN:
        raise SheetError(
            f"find: {len(names):,} quantities in all updates; at most {MOST_SHOWN:,} are shown: ask for "
            "less, as for W1.100 or loss_after"
        )
    order = {name: i for i, name in enumerate(tape.quantities)}
    return sorted(names, key=order.__getitem__)
