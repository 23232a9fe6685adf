"""Dropout: outputs that are left out at random while training.

Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (JMLR 2014), in Keras' inverted form.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from chainrule.doors import whole_number
from chainrule.layers import arguments, windows
from chainrule.layers.layer import Draw, Layer
from chainrule.layers.steps import Quantities
from chainrule.rules.dropout import drawn_mask, inverted_dropout, inverted_dx, inverted_test
from chainrule.rules.rule import Call, Name, Shape
from chainrule.rules.shapes import unchanged


class _Dropout(Layer):
    """Inverted dropout with the mask that a subclass draws."""

    def __init__(self, rate: Any, seed: int | None, name: str | None) -> None:
        super().__init__(name)
        self.rate = arguments.number(rate, "rate", 0, below=1)
        self.seed = arguments.seed(seed)

    @property
    def keep(self) -> Any:
        """The probability that an output is kept, in decimals: 1 - 0.7 is 0.3, no digit more."""
        if isinstance(self.rate, float):
            return float(1 - Decimal(repr(self.rate)))
        return 1 - self.rate

    def forward(self, q: Quantities, x: Name) -> Name:
        if not self.rate:
            return self.inference(q, x)
        q.mask = drawn_mask(q.u, keep=self.keep)
        q.a = inverted_dropout(x, q.mask, keep=self.keep)
        return q.a

    def inference(self, q: Quantities, x: Name) -> Name:
        q.a = inverted_test(x)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        if not self.rate:
            return unchanged(da)
        return inverted_dx(da, q.mask, keep=self.keep)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"rate": self.rate, "seed": self.seed}


class Dropout(_Dropout):
    """Each output is 0 with probability ``rate`` while training, and 1/(1 - rate) times itself otherwise.

    Arguments are those of ``keras.layers.Dropout``. ``noise_shape`` has the batch first, as None, and 1 for
    each axis along which all outputs share one draw. What is dropped follows the seed of the whole run
    (``utils.set_random_seed``); with a ``seed`` of its own the layer drops others.

    Raises ValueError for a rate not in [0, 1), or a noise shape that does not fit the inputs.

    >>> Dropout(0.5).draws((3,))
    {'u': Draw(shape=(3,), kind='uniform')}
    """

    def __init__(
        self,
        rate: Any,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(rate, seed, name)
        self.noise_shape = None if noise_shape is None else _noise_shape(noise_shape)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        if self.noise_shape is None:
            return {"u": Draw(input_shape, seed=self.seed)}
        given = self.noise_shape[1:]
        shape = tuple(n if g is None else g for g, n in zip(given, input_shape, strict=False))
        fits = all(g in (1, n) for g, n in zip(shape, input_shape, strict=False))
        if len(given) != len(input_shape) or not fits:
            raise ValueError(
                f"noise_shape {self.noise_shape} does not fit inputs {(None, *input_shape)}: give each axis "
                "its length, None or 1"
            )
        return {"u": Draw(shape, seed=self.seed)}

    def get_config(self) -> dict[str, Any]:
        shape = None if self.noise_shape is None else list(self.noise_shape)
        return super().get_config() | {"noise_shape": shape}


def _noise_shape(given: Any) -> tuple[int | None, ...]:
    if not isinstance(given, list | tuple):
        raise TypeError(f"noise_shape must be a tuple, as (None, 1, 3), got {given!r}")
    if given[:1] not in ((None,), [None]):
        raise ValueError(
            f"noise_shape starts with None for the batch, each sample has its own mask; got {given}"
        )
    return (None, *(None if n is None else whole_number(n, "noise_shape", 1) for n in given[1:]))


class SpatialDropout2D(_Dropout):
    """Dropout of whole channels of images (h, w, c); Tompson and others (CVPR 2015).

    >>> SpatialDropout2D(0.5).draws((8, 8, 3))["u"].shape
    (1, 1, 3)
    """

    def __init__(
        self, rate: Any, data_format: str | None = None, seed: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(rate, seed, name)
        windows.check_channels_last(data_format)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        if len(input_shape) != 3:
            raise ValueError(f"SpatialDropout2D takes images (h, w, c); got samples of {input_shape}")
        return {"u": Draw((1, 1, input_shape[-1]), seed=self.seed)}
