"""Writing a network's steps: forward from the inputs to the output, and backward through the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.layers.merge import Merge
from chainrule.layers.steps import Quantities, Step
from chainrule.network.places import Placed
from chainrule.rules.networks.counts import sum_of
from chainrule.rules.rule import Call, Name

NEW = "_new"
"""What the name of a quantity ends in after the update."""


@dataclass(frozen=True)
class Written:
    """A forward pass: the pen of each layer, what each takes, and the name of each output.

    ``steps`` lead to the output; ``carrying`` are those of what layers carry along to the next update.
    """

    places: tuple[Placed, ...]
    pens: tuple[Quantities, ...]
    taken: tuple[tuple[Name, ...], ...]
    outputs: tuple[Name, ...]
    steps: tuple[Step, ...]
    carrying: tuple[Step, ...]


def write_forward(places: tuple[Placed, ...], inputs: Sequence[str], training: bool) -> Written:
    """Write the forward pass of every layer, while training or when predicting.

    Raises TypeError for a layer that returns something else than a quantity that it wrote.
    """
    names = {name: Name(name) for name in inputs}
    pens, taken = [], []
    for place in places:
        pen = _pen(place)
        xs = tuple(names[source] for source in place.sources)
        output = _forward(place, pen, xs, training)
        if output not in [Name(step.name) for step in pen.steps]:
            raise TypeError(
                f"layer {place.number} ({place.name}): forward must return a quantity that it wrote, as "
                f"`return q.a`; it returned {output!r}"
            )
        names[place.number] = output
        pens.append(pen)
        taken.append(xs)
    steps = [step for pen in pens for step in pen.steps]
    return Written(
        places,
        tuple(pens),
        tuple(taken),
        tuple(names[place.number] for place in places),
        tuple(step for step in steps if not step.name.endswith(NEW)),
        tuple(step for step in steps if step.name.endswith(NEW)),
    )


def _pen(place: Placed) -> Quantities:
    def local(full: str) -> str:
        return full.removesuffix(place.number)

    others = [*map(local, place.state), *map(local, place.draws)]
    return Quantities(place.number, map(local, place.parameters), others)


def _forward(place: Placed, pen: Quantities, xs: tuple[Name, ...], training: bool) -> Name:
    if isinstance(place.layer, Merge):
        return place.layer.merge(pen, xs)
    return (place.layer.forward if training else place.layer.inference)(pen, xs[0])


def seed_name(written: Written, output: str) -> str:
    """The name of the loss's own gradient in an output: one part of it where layers take the output too."""
    taken = any(Name(output) in xs for xs in written.taken)
    return f"d{output}_by_loss" if taken else f"d{output}"


def write_backward(written: Written, outputs: Sequence[str]) -> tuple[Step, ...]:
    """The steps from the gradients in the outputs to those in all parameters and in the inputs.

    Where several layers take one quantity, its gradient is the sum of what comes back from each,
    ``da1_by_2`` from layer 2.
    """
    seeds = {output: seed_name(written, output) for output in outputs}
    takers = Counter(x.text for xs in written.taken for x in xs)
    takers.update(output for output, seed in seeds.items() if seed != f"d{output}")
    parts = {output: [seed] for output, seed in seeds.items() if seed != f"d{output}"}
    steps: list[Step] = []
    behind = list(zip(written.places, written.pens, written.taken, written.outputs, strict=True))
    for place, pen, xs, output in reversed(behind):
        steps += _summed(output.text, parts)
        start = len(pen.steps)
        calls = _backward(place, pen, xs, Name(f"d{output}"))
        for position, (x, call) in enumerate(zip(xs, calls, strict=True), start=1):
            name = f"d{x}"
            if takers[x.text] > 1:
                again = f"_{position}" if xs.count(x) > 1 else ""
                name = f"{name}_by_{place.number}{again}"
                parts.setdefault(x.text, []).append(name)
            pen.write(name, call)
        steps += pen.steps[start:]
    for name in [name for name in parts if f"d{name}" not in {step.name for step in steps}]:
        steps += _summed(name, parts)
    return tuple(steps)


def _summed(name: str, parts: dict[str, list[str]]) -> list[Step]:
    """The step that adds up the parts of a gradient, where it has several."""
    if name not in parts:
        return []
    return [Step(f"d{name}", sum_of(len(parts[name])), tuple(parts[name]))]


def _backward(place: Placed, pen: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
    if isinstance(place.layer, Merge):
        return place.layer.share(pen, xs, da)
    return (place.layer.backward(pen, xs[0], da),)
