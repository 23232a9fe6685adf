"""Steps done together: those that work number by number, and sums of what they give, in few passes.

An array of a batch is often larger than the caches, so that time goes by the arrays that are read and
written. Steps are put off until another needs what they give. Then one pass does them, and with them the
sums that need no other arrays. What a pass works out on the way is not kept where it is made of few arrays:
to read these once more in a later pass takes no longer than to write and read another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from chainrule.layers.steps import Step, run
from chainrule.network import NEW
from chainrule.rules.rule import size
from chainrule.training.kernels import KERNELS
from chainrule.training.native.elementwise import looped
from chainrule.training.native.loops import Extent, loop_of
from chainrule.training.waiting import Pool, Waiting

FEW = 2
"""Arrays. What is made of no more of them is worked out anew where it is needed once more."""


def in_passes(
    steps: Sequence[Step], known: Mapping[str, Any], results: Iterable[str], least: int
) -> dict[str, Any]:
    """The known values with those results that the steps give, arrays of at least so many numbers in passes.

    What a pass works out on the way is known only where it is a result, or where other steps take it.
    """
    if jax.default_backend() != "cpu":
        return run(steps, known, KERNELS)
    plan = _Plan(steps, known, results, least)
    plan.do_all()
    return plan.values


class _Plan:
    """Steps still to be done, those that wait to be done together, and the values known so far."""

    def __init__(
        self, steps: Sequence[Step], known: Mapping[str, Any], results: Iterable[str], least: int
    ) -> None:
        self.left = {step.name: step for step in steps}
        self.values = dict(known)
        self.results = list(results)
        self.least = least
        self.waiting = Pool()
        self.same: dict[str, str] = {}
        self.others: set[str] = set()

    def do_all(self) -> None:
        """Do every step that is needed."""
        while True:
            self._put_off()
            step = next(iter(self.left.values()), None)
            if step is None:
                break
            if step.name in self.others:
                self._do_alone(step)
            else:
                self._do_waiting(name for name in self._inputs(step) if not self._is_here(name))
        self._do_waiting(map(self._origin, self.results))
        self.values |= {name: self._value(name) for name in self.results}

    def _do_alone(self, step: Step) -> None:
        self._do_waiting(self._inputs(step))
        del self.left[step.name]
        given = {name: self._value(name) for name in step.inputs}
        self.values[step.name] = run([step], given, KERNELS)[step.name]

    def _origin(self, name: str) -> str:
        """The name of the same value where it was first."""
        return self.same.get(name, name)

    def _inputs(self, step: Step) -> list[str]:
        return [self._origin(name) for name in step.inputs]

    def _value(self, name: str) -> Any:
        return self.values[self._origin(name)]

    def _put_off(self) -> None:
        """Let all steps wait that can, since the sums among them can be done with others."""
        for step in list(self.left.values()):
            if step.name in self.others or not all(map(self._is_here, self._inputs(step))):
                continue
            found = self._as_waiting(step)
            if found is None:
                self.others.add(step.name)
                continue
            del self.left[step.name]
            if isinstance(found, str):
                self.same[step.name] = found
            else:
                self.waiting[step.name] = found

    def _is_here(self, name: str) -> bool:
        """Whether a value is known, or will be within a pass."""
        return name in self.values or self.waiting.is_array(name)

    def _as_waiting(self, step: Step) -> Waiting | str | None:
        """The step as one that waits, or what its value is the same as; None if it has to be done alone."""
        if step.compute is not None or step.rule in KERNELS:
            return None
        names = self._inputs(step)
        kinds = [self._value_or_kind(name) for name in names]
        if not all(hasattr(kind, "dtype") for kind in kinds):
            return None
        shape = max((tuple(kind.shape) for kind in kinds), key=size, default=())
        if size(shape) < self.least:
            return None
        loop = loop_of(lambda *arrays: [step.rule(*arrays, **step.options)], kinds, shape)
        if loop is None or not (loop.whole or loop.sums):
            return None
        (result,) = loop.equations.results
        if result in loop.equations.given:
            return names[loop.equations.given.index(result)]
        if loop.whole and result.shape != shape:
            return None
        arrays = frozenset(names[i] for i, q in loop.inputs.items() if loop.extent(q) is Extent.WHOLE)
        return Waiting(step, shape, bool(loop.sums), tuple(names[i] for i in loop.inputs), arrays)

    def _value_or_kind(self, name: str) -> Any:
        """A value; of one that waits, its shape and type."""
        if name in self.waiting:
            return jax.ShapeDtypeStruct(self.waiting[name].shape, jnp.float32)
        return self.values[name]

    def _do_waiting(self, names: Iterable[str]) -> None:
        """Make these values known."""
        wanted = list(dict.fromkeys(names))
        while wanted := [name for name in wanted if name in self.waiting]:
            self._pass(self.waiting.together(wanted))

    def _kept(self, names: list[str], within: list[str]) -> list[str]:
        """Of what a pass works out on the way, results, and what is made of many arrays and needed again."""
        wanted = {*names, *map(self._origin, self.results)}
        arrays: dict[str, set[str]] = {}
        kept = []
        for name in within:
            own = set().union(*(arrays.get(i, {i}) for i in self.waiting[name].arrays))
            is_far = len(own) > FEW and self._is_needed_beyond(name, within)
            if (name in wanted or is_far) and self.waiting.is_array(name):
                own = {name}
                kept.append(name)
            arrays[name] = own
        return kept

    def _is_needed_beyond(self, name: str, within: list[str]) -> bool:
        """Whether others than the steps of a pass take a value."""
        waiting = (each.inputs for other, each in self.waiting.items() if other not in within)
        left = (self._inputs(step) for step in self.left.values())
        return any(name in inputs for inputs in (*waiting, *left))

    def _pass(self, names: list[str]) -> None:
        """Make the values of these waiting steps known, by one pass."""
        within = self.waiting.within(names)
        sums = [name for name in names if self.waiting[name].is_sum]
        outputs = [*self._kept(names, within), *sums]
        steps = [self.waiting[name].step for name in within]
        shape = self.waiting[names[0]].shape
        inputs = list(dict.fromkeys(i for step in steps for i in self._inputs(step) if i not in within))
        given = [self._value_or_kind(name) for name in inputs]

        def together(*arrays: Any) -> list[Any]:
            values = dict(zip(inputs, arrays, strict=True))
            for step in steps:
                taken = [values[name] for name in self._inputs(step)]
                values[step.name] = step.rule(*taken, **step.options)
            return [values[name] for name in outputs]

        loop = loop_of(together, given, shape)
        assert loop is not None  # since each of its steps is one
        places = {name: i for i, name in enumerate(inputs)}
        in_place = {
            places[old]: i for i, name in enumerate(outputs) if (old := name.removesuffix(NEW)) in places
        }
        self.values.update(zip(outputs, looped(loop, given, in_place), strict=True))
        for name in outputs:
            del self.waiting[name]
