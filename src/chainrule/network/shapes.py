"""The shapes of all quantities of a network, without working them: arrays that hold nothing are enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.layers.steps import Step
from chainrule.losses import Loss, SparseCategoricalCrossentropy
from chainrule.network import Network, Program
from chainrule.network.names import TARGET, WEIGHTS, numbered
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.rule import Shape


class Hollow(np.ndarray[Any, Any]):
    """An array of zeros that takes the memory of one number, as only its shape matters.

    Products and what is done element by element give another at once, whatever the size; anything else
    is worked by NumPy, and what it gives is emptied.

    >>> pixels, W = hollow((1, 10**6)), hollow((10**6, 10**6))
    >>> (pixels @ W + 1).shape, (pixels @ W).strides
    ((1, 1000000), (0, 0))
    """

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [_plain(each) for each in inputs]
        if method == "__call__" and (ufunc is np.matmul or ufunc.signature is None):
            shapes = [np.shape(each) for each in plain]
            shape = _product(*shapes) if ufunc is np.matmul else np.broadcast_shapes(*shapes)
            firsts = [np.zeros((1, 1), _float_for(np.asarray(each).dtype)) for each in plain]
            return hollow(shape, ufunc(*firsts, **kwargs).dtype)
        return _emptied(getattr(ufunc, method)(*plain, **kwargs))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _emptied(func(*_plain(args), **{k: _plain(v) for k, v in kwargs.items()}))


def hollow(shape: Shape, dtype: Any = np.float32) -> Hollow:
    """A hollow array of this shape; in the place of exact numbers it has floats."""
    return np.broadcast_to(np.zeros((), _float_for(np.dtype(dtype))), shape).view(Hollow)


def _float_for(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(np.float32) if dtype.kind == "O" else dtype


def shapes_of(
    network: Network, program: Program, loss: Loss | Sequence[Loss], rows: int = 1
) -> dict[str, Shape]:
    """The shape of every quantity of an update, for so many rows, by its name.

    >>> from chainrule.layers import Dense
    >>> from chainrule.losses import MeanSquaredError
    >>> from chainrule.optimizers import SGD
    >>> network = Network([Dense(3)], (2,))
    >>> shapes_of(network, network.program(MeanSquaredError(), SGD()), MeanSquaredError(), rows=4)["z1"]
    (4, 3)
    """
    given = _given(network, program, loss, rows)
    return shapes_after(program.steps, given)


def shapes_after(steps: Iterable[Step], given: Mapping[str, np.ndarray]) -> dict[str, Shape]:
    """The shapes of what is given, and of what the steps give."""
    known: dict[str, Any] = dict(given)
    with np.errstate(all="ignore"):
        for step in steps:
            known[step.name] = _emptied(
                np.asarray(step.rule(*(known[i] for i in step.inputs), **step.options))
            )
    return {name: value.shape for name, value in known.items()}


def _given(
    network: Network, program: Program, loss: Loss | Sequence[Loss], rows: int
) -> dict[str, np.ndarray]:
    kept = {**program.parameters, **program.state, **program.carried, **program.frozen}
    shapes = [node.shape for node in network.output_nodes]
    losses = [loss] * len(shapes) if isinstance(loss, Loss) else list(loss)
    targets = zip(numbered(TARGET, len(shapes)), losses, shapes, strict=True)
    return {
        **{name: hollow((rows, *shape)) for name, shape in network.inputs.items()},
        **{name: hollow((rows, *draw.shape)) for name, draw in program.draws.items()},
        **{name: hollow(parameter.shape, parameter.dtype) for name, parameter in kept.items()},
        **{name: _target(one, (rows, *shape)) for name, one, shape in targets},
        WEIGHTS: hollow((rows,)),
        LEARNING_RATE: hollow(()),
    }


def _target(loss: Loss, shape: Shape) -> Hollow:
    """Targets for outputs of this shape: labels have no axis of classes."""
    if isinstance(loss, SparseCategoricalCrossentropy):
        return hollow(shape[:-1], np.int32)
    return hollow(shape)


def _product(left: Shape, right: Shape) -> Shape:
    """The shape of a product of matrices, or of stacks of them."""
    between = np.broadcast_shapes(left[:-2], right[:-2])
    return (*between, *left[-2:-1], *right[-1:]) if len(right) > 1 else (*between, *left[:-1])


def _plain(value: Any) -> Any:
    """The value with hollow arrays in it as NumPy knows them."""
    if isinstance(value, Hollow):
        return value.view(np.ndarray)
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    return value


def _emptied(value: Any) -> Any:
    """What was worked with arrays in it made hollow."""
    if isinstance(value, np.ndarray | np.generic):
        return hollow(value.shape, value.dtype)
    if isinstance(value, list | tuple):
        return type(value)(map(_emptied, value))
    return value
