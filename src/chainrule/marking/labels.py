"""Which of several alike a student calls the first: eigenvalues, each with its eigenvectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chainrule.marking.agreement import agrees, fitted, ordering, restated
from chainrule.marking.answers import Answer
from chainrule.paper.tape import Quantity, Tape


def relabelled(tape: Tape, answers: Mapping[str, Answer]) -> Tape:
    """The tape with the entries of lists in any order named as the student does.

    Where eigenvalues are 6 and -1, and a student lists -1 first, or says lambda1 = -1, or gives an
    eigenvector of -1 as v1, that pair is the student's first.
    """
    made = tape
    for name, quantity in tape.quantities.items():
        if quantity.step is None or quantity.step.rule.same != "order" or not quantity.value.ndim:
            continue
        labels = [q.name for q in tape.quantities.values() if _is_label(q, name)]
        families = _families(tape, labels)
        if not any(member in answers for family in families.values() for member in [name, *family]):
            continue
        meant = _meant(tape, name, labels, families, answers)
        if any(label != other for label, other in meant.items()):
            made = _renamed(made, families, meant)
    return made


def _is_label(quantity: Quantity, of: str) -> bool:
    """Whether a quantity is one of the entries of a list."""
    step = quantity.step
    return (
        step is not None
        and quantity.inputs == (of,)
        and step.rule.same == "order"
        and not quantity.value.ndim
    )


def _families(tape: Tape, labels: list[str]) -> dict[str, list[str]]:
    """Each entry, with what is worked from it and from no other."""
    behind: dict[str, set[str]] = {label: {label} for label in labels}
    for name, quantity in tape.quantities.items():
        behind.setdefault(name, set().union(*(behind.get(i, set()) for i in quantity.inputs)))
    return {label: [name for name, sources in behind.items() if sources == {label}] for label in labels}


def _meant(
    tape: Tape, of: str, labels: list[str], families: Mapping[str, list[str]], answers: Mapping[str, Answer]
) -> dict[str, str]:
    """Which entry of the key each of the student's is; its own where nothing says otherwise."""
    listed = _as_listed(tape, of, labels, answers)
    meant: dict[str, str] = {}
    for label in labels:
        own = listed.get(label, label)
        free = [o for o in [own, *(o for o in labels if o != own)] if o not in meant.values()]
        fitting: list[str] = []
        if label in answers:
            fitting = [o for o in free if _fits(tape[o], answers[label])]
        elif label not in listed and any(name in answers for name in families[label]):
            fitting = [o for o in free if _vectors_fit(tape, families, label, o, answers)]
        if fitting:
            meant[label] = fitting[0]
    for label in labels:
        own, taken = listed.get(label, label), {*meant.values()}
        if label not in meant:
            meant[label] = own if own not in taken else next(o for o in labels if o not in taken)
    return meant


def _as_listed(tape: Tape, of: str, labels: list[str], answers: Mapping[str, Answer]) -> dict[str, str]:
    """The entries in the order in which the student lists them, where the list is right."""
    if of not in answers:
        return {}
    entries = fitted(answers[of], tape[of].value.shape, columns=False)
    order = None if entries is None else ordering(tape[of].value, entries)
    if order is None:
        return {}
    places = {label: order.index(tape[label].step.options["at"] - 1) for label in labels}  # type: ignore[union-attr]
    return dict(zip(labels, sorted(labels, key=places.__getitem__), strict=True))


def _fits(quantity: Quantity, answer: Answer) -> bool:
    return answer.entries.size == 1 and agrees(quantity.value[()], answer.entries.item())


def _vectors_fit(
    tape: Tape, families: Mapping[str, list[str]], label: str, other: str, answers: Mapping[str, Answer]
) -> bool:
    """Whether what was answered in the family of one entry is right for that of another."""
    judged = [
        name
        for name in families[label]
        if name in answers and _counterpart(tape, families, name, label, other)
    ]
    for name in judged:
        quantity = tape[_counterpart(tape, families, name, label, other)]
        entries = fitted(answers[name], quantity.value.shape, columns=False, same=_same(quantity))
        if entries is None or restated(quantity.value, entries, _same(quantity)) is None:
            return False
    return True


def _same(quantity: Quantity) -> str:
    return "" if quantity.step is None else quantity.step.rule.same


def _counterpart(tape: Tape, families: Mapping[str, list[str]], name: str, label: str, other: str) -> str:
    """What stands in another entry's family where a quantity stands in its own; empty where nothing does.

    Eigenvectors stand in each, as what has the same span; the matrices on the way may be missing.
    """

    def kind(name: str) -> str:
        return _same(tape[name]) or tape[name].step.rule.name  # type: ignore[union-attr]

    alike = [member for member in families[label] if kind(member) == kind(name)]
    there = [member for member in families[other] if kind(member) == kind(name)]
    return there[alike.index(name)] if len(alike) == len(there) else ""


def _renamed(tape: Tape, families: Mapping[str, list[str]], meant: Mapping[str, str]) -> Tape:
    """The tape in which each entry's family has the names of the student's."""
    names: dict[str, str] = {}  # from the key's name to the student's
    for label, other in meant.items():
        for name in families[label]:
            if found := _counterpart(tape, families, name, label, other):
                names[found] = name
    unnamed = [name for name in names.values() if name not in names]
    names |= dict(zip(unnamed, (name for name in names if name not in names.values()), strict=False))
    made = Tape(tape.finish)
    for name, quantity in tape.quantities.items():
        called = names.get(name, name)
        inputs = tuple(names.get(i, i) for i in quantity.inputs)
        made.quantities[called] = replace(quantity, name=called, inputs=inputs)
    return made
