"""Any Optax transformation in an optimizer's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import nan
from typing import Any, NoReturn

import numpy as np

from chainrule.initializers import Initializer
from chainrule.layers.layer import Parameter
from chainrule.layers.steps import Step
from chainrule.optimizers.base import Optimizer, Written
from chainrule.rules.arrays import Array, is_exact
from chainrule.rules.rule import Rule, Shape

UPDATE, STATE = "optax", "optax_"
"""The name of the update as a whole, and how the names of its state begin."""
_BY_HAND = (
    "an Optax transformation is made of functions that have no formula here, so its update cannot be worked "
    "by hand: compile with one of chainrule.optimizers"
)


class Optax(Optimizer):
    """A ``GradientTransformation`` of Optax, whose update is one step.

    Its state is kept as arrays ``optax_0``, ``optax_1``, … in the order of ``jax.tree.leaves``. It trains
    like any optimizer; its update cannot be worked by hand, and it cannot be saved with a model, as it
    is made of functions. It has no learning rate that could be set.

    Raises TypeError for what is no transformation; :meth:`write` raises ValueError for one whose state
    begins with the weights' own values.

    >>> import optax
    >>> from chainrule.initializers import Zeros
    >>> steps, state = Optax(optax.sgd(0.1, momentum=0.9)).write({"W1": Parameter((2, 1), Zeros())})
    >>> for step in steps: print(step)
    optax = optax_update(dW1, W1, optax_0)
    W1_new = part_1(optax)
    optax_0_new = part_2(optax)
    """

    def __init__(self, transformation: Any) -> None:
        if not is_transformation(transformation):
            found = type(transformation).__name__
            raise TypeError(f"transformation must be a GradientTransformation of Optax, got {found}")
        self.transformation = transformation

    @property
    def learning_rate(self) -> Any:
        """None: the rate is inside the transformation."""
        return None

    @learning_rate.setter
    def learning_rate(self, value: Any) -> NoReturn:
        raise TypeError(
            f"the learning rate of an Optax transformation cannot be set to {value!r}: give it an Optax "
            "schedule, or use one of chainrule.optimizers"
        )

    @property
    def rate(self) -> float:
        return nan

    def get_config(self) -> NoReturn:
        raise ValueError(
            "an Optax transformation cannot be written down, as it is made of functions: to save the model, "
            "compile it with one of chainrule.optimizers first"
        )

    def exactly(self, make: Callable[[Any], Any]) -> NoReturn:
        raise ArithmeticError(_BY_HAND)

    def write(
        self, parameters: Mapping[str, Parameter], gradients: Mapping[str, str] | None = None
    ) -> Written:
        if not parameters:
            return (), {}
        followed = gradients or {name: f"d{name}" for name in parameters}
        leaves, tree = self._first_state(parameters)
        state = {
            f"{STATE}{i}": Parameter(leaf.shape, _Given(leaf), dtype=str(leaf.dtype))
            for i, leaf in enumerate(leaves)
        }
        update = _update_rule(self.transformation, tuple(parameters), tree)
        steps = [Step(UPDATE, update, (*(followed[name] for name in parameters), *parameters, *state))]
        for i, name in enumerate((*parameters, *state)):
            steps.append(Step(f"{name}_new", _part_rule(i), (UPDATE,)))
        return tuple(steps), state

    def _first_state(self, parameters: Mapping[str, Parameter]) -> tuple[list[np.ndarray], Any]:
        """The arrays of the state before the first update, and the tree that they are the leaves of."""
        import jax

        found = [
            jax.tree.flatten(
                self.transformation.init({k: np.full(p.shape, value, p.dtype) for k, p in parameters.items()})
            )
            for value in (0, 1)
        ]
        (leaves, tree), (others, _) = found
        arrays = [_array(leaf) for leaf in leaves]
        if not all(np.array_equal(a, _array(b)) for a, b in zip(arrays, others, strict=True)):
            raise ValueError(
                "the state of this Optax transformation begins with the weights' own values, which is not "
                "supported: use a transformation whose state begins with numbers of its own"
            )
        return arrays, tree


class _Given(Initializer):
    """The first value of an array of the state."""

    def __init__(self, value: np.ndarray) -> None:
        self.value = value

    def __call__(self, shape: Shape) -> np.ndarray:
        return self.value.copy()


def is_transformation(thing: Any) -> bool:
    """Whether something is a ``GradientTransformation``: a named tuple of ``init`` and ``update``."""
    fields = getattr(thing, "_fields", ())
    return isinstance(thing, tuple) and {"init", "update"} <= {*fields}


def _array(leaf: Any) -> np.ndarray:
    try:
        return np.asarray(leaf)
    except TypeError as error:
        raise ValueError(
            f"the state of this Optax transformation holds what is no array of numbers ({error})"
        ) from None


def _update_rule(transformation: Any, names: tuple[str, ...], tree: Any) -> Rule:
    """The rule of the new parameters and the new state, from gradients, parameters and state."""

    def function(*values: Array) -> tuple[Array, ...]:
        if is_exact(*values):
            raise NotImplementedError(_BY_HAND)
        import jax

        count = len(names)
        given = dict(zip(names, values[:count], strict=True))
        parameters = dict(zip(names, values[count : 2 * count], strict=True))
        state = jax.tree.unflatten(tree, values[2 * count :])
        moves, state = transformation.update(given, state, parameters)
        moved = [(parameters[name] + moves[name]).astype(parameters[name].dtype) for name in names]
        kept = zip(jax.tree.leaves(state), values[2 * count :], strict=True)
        return (*moved, *(new.astype(old.dtype) for new, old in kept))

    inputs = (*(f"d{name}" for name in names), *names)
    leaves = tuple(f"{STATE}{i}" for i in range(tree.num_leaves))
    return Rule("optax_update", function, r"\text{optax}", named=(*inputs, *leaves))


def _part_rule(place: int) -> Rule:
    """The rule that takes one array out of several."""
    return Rule(f"part_{place + 1}", lambda several: several[place], rf"<several>_{{{place + 1}}}")
