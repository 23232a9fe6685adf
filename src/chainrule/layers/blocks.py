"""Blocks: layers around a shortcut, branches side by side, and several layers in the place of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chainrule import activations
from chainrule.layers import arguments
from chainrule.layers.container import Container, layers_of
from chainrule.layers.layer import Layer
from chainrule.layers.merge import Merge
from chainrule.layers.merging import Add, Concatenate
from chainrule.layers.node import Node
from chainrule.layers.steps import Quantities
from chainrule.layers.tables import serialize
from chainrule.rules.networks.counts import sum_of
from chainrule.rules.rule import Call, Name
from chainrule.rules.shapes import unchanged


def _through(layers: Sequence[Layer], x: Node) -> Node:
    for layer in layers:
        x = layer(x)
    return x


def _tables(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    return [serialize(layer) for layer in layers]


class Chain(Container):
    """Several layers, one after the other, in the place of one.

    Raises ValueError for no layers, TypeError for what is no layer.

    >>> from chainrule.layers.dense import Dense
    >>> Chain([Dense(4), Dense(2)]).output_shape((3,))
    (2,)
    """

    def __init__(self, layers: Any, name: str | None = None) -> None:
        super().__init__(name)
        self.inside = layers_of(layers)
        if not self.inside:
            raise ValueError("Chain needs at least one layer, as Chain([Dense(1)])")

    def wire(self, x: Node) -> Node:
        return _through(self.inside, x)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"layers": _tables(self.inside)}


class ResidualAdd(Add):
    """The sum that closes a residual block: z = layers(x) + shortcut(x), a = f(z)."""

    def __init__(self, activation: Any = None, name: str | None = None) -> None:
        super().__init__(name)
        self.activation = arguments.activation(activation, "Residual")

    def merge(self, q: Quantities, xs: tuple[Name, ...]) -> Name:
        q.z = sum_of(len(xs))(*xs)
        q.a = self.activation.forward(q.z)
        return q.a

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        q.dz = self.activation.backward(da, q.z, q.a)
        return tuple(unchanged(q.dz) for _ in xs)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": activations.serialize(self.activation)}


class Residual(Container):
    """Layers with a shortcut around them: a = f(layers(x) + shortcut(x)).

    Without ``shortcut``, x itself is added; with layers there, as a 1 × 1 convolution, what they give. f is
    ``activation``. Source: He, Zhang, Ren, Sun, "Deep residual learning" (CVPR 2016).

    Raises ValueError for no layers, or where the two do not have one shape; TypeError for what is no layer.

    >>> from chainrule.layers.dense import Dense
    >>> Residual([Dense(8, activation="relu"), Dense(3)], activation="relu").output_shape((3,))
    (3,)
    """

    def __init__(
        self, layers: Any, shortcut: Any = None, activation: Any = None, name: str | None = None
    ) -> None:
        super().__init__(name)
        self.layers = layers_of(layers)
        if not self.layers:
            raise ValueError("Residual needs at least one layer, as Residual([Dense(8)])")
        self.shortcut = layers_of(shortcut or ())
        self.inside = (*self.layers, *self.shortcut)
        self.sum = ResidualAdd(activation, name)

    def wire(self, x: Node) -> Node:
        main, short = _through(self.layers, x), _through(self.shortcut, x)
        if main.shape != short.shape:
            units = main.shape[-1]
            projection = f"Conv2D({units}, 1, strides=…)" if len(main.shape) == 3 else f"Dense({units})"
            raise ValueError(
                f"the layers of this Residual give {main.shape} and its shortcut {short.shape}, which cannot "
                f"be added: give a shortcut of the same shape, as shortcut=[{projection}]"
            )
        return self.sum([main, short])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "layers": _tables(self.layers),
            "shortcut": _tables(self.shortcut) or None,
            "activation": activations.serialize(self.sum.activation),
        }


MERGES: dict[str, type[Merge]] = {"concatenate": Concatenate, "sum": Add}


class Branches(Container):
    """Lists of layers side by side, all from the same x, put together: "concatenate" or "sum".

    An empty list passes x on. With sums and activations it makes residual blocks, concatenated the blocks of
    Szegedy and others, "Going deeper with convolutions" (CVPR 2015), and of dense networks.

    Raises ValueError for less than two branches, another merge, or outputs that do not fit together;
    TypeError for what is no layer.

    >>> from chainrule.layers.dense import Dense
    >>> Branches([[Dense(4)], [Dense(8), Dense(2)], []]).output_shape((3,))
    (9,)
    """

    def __init__(self, branches: Any, merge: str = "concatenate", name: str | None = None) -> None:
        super().__init__(name)
        if not isinstance(branches, Iterable) or isinstance(branches, str):
            raise TypeError(f"branches are lists of layers, as [[Dense(4)], []]; got {branches!r}")
        self.branches = tuple(layers_of(branch) for branch in branches)
        if len(self.branches) < 2:
            raise ValueError(f"Branches needs two lists of layers or more, got {len(self.branches)}")
        if merge not in tuple(MERGES):
            raise ValueError(f'merge must be "concatenate" or "sum", got {merge!r}')
        self.merge = merge
        self.inside = tuple(layer for branch in self.branches for layer in branch)
        self.closing = MERGES[merge](name=name)

    def wire(self, x: Node) -> Node:
        return self.closing([_through(branch, x) for branch in self.branches])

    def get_config(self) -> dict[str, Any]:
        branches = [_tables(branch) for branch in self.branches]
        return super().get_config() | {"branches": branches, "merge": self.merge}
