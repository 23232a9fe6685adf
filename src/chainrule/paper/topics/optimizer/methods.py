"""The optimizers as lines; names, arguments and defaults are Keras', textbooks' forms are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from chainrule.paper.sheet import SheetError, Table, shown
from chainrule.paper.topics.optimizer.lines import (
    Arguments,
    Fading,
    Line,
    NotNegative,
    Positive,
    Ref,
    before,
    named,
    now,
)
from chainrule.rules.optimizers import adaptive, averages, gradient_steps

G, T = now("g"), now("t")


def _nesterov(value: Any) -> bool | Literal["look_ahead"]:
    if value is True or value is False or value == "look_ahead":
        return value  # type: ignore[no-any-return]
    raise ValueError(f"expected false, true (Keras' form) or 'look_ahead'; got {shown(value)}")


def _default(value: Any) -> Any:
    return Field(value, validate_default=True)


class Method(Arguments):
    """An optimizer: its arguments, and its update as lines."""

    learning_rate: Positive = _default(0.001)
    weight_decay: NotNegative | None = None

    def place(self) -> tuple[list[Line], Ref]:
        """Where the gradient is taken, and the lines that come before it."""
        return [], before("w")

    def update(self, rate: Ref) -> list[Line]:
        """The lines of an update, behind the gradient."""
        if self.weight_decay is None:
            return self.lines(rate, before("w"))
        small = Line("decayed", adaptive.decayed, (before("w"), rate), {"weight_decay": "weight_decay"})
        return [small, *self.lines(rate, now("decayed"))]

    @abstractmethod
    def lines(self, rate: Ref, w: Ref) -> list[Line]:
        """The lines that take the parameter from ``w`` to its new value."""

    @abstractmethod
    def states(self) -> dict[str, Any]:
        """What is carried along beside the parameter, and what every entry of it begins as."""


class SGD(Method):
    """Gradient descent; with momentum in the three forms that courses write, and Nesterov's."""

    learning_rate: Positive = _default(0.01)
    momentum: Fading = _default(0)
    nesterov: Annotated[Any, AfterValidator(_nesterov)] = False
    form: Literal["add", "subtract", "average"] = "add"

    @property
    def _moves(self) -> bool:
        return _is_not_zero(self.momentum)

    def numbers(self) -> dict[str, Any]:
        return {k: v for k, v in super().numbers().items() if k != "momentum" or self._moves}

    def check(self) -> None:
        """Raise SheetError for arguments that exclude each other."""
        place = "given.optimizer"
        if not self._moves and (self.nesterov or self.form != "add"):
            key = "nesterov" if self.nesterov else "form"
            raise SheetError(f"{place}.{key}: is given without momentum; expected momentum greater than 0")
        if self.nesterov and self.form == "average":
            raise SheetError(
                f"{place}.form: 'average' has no Nesterov form here; expected 'add' or 'subtract'"
            )
        if self.nesterov is True and self.form == "subtract":
            raise SheetError(
                f"{place}.form: Keras' Nesterov adds its velocity; expected nesterov = 'look_ahead'"
            )

    def place(self) -> tuple[list[Line], Ref]:
        if self.nesterov != "look_ahead":
            return super().place()
        rule = gradient_steps.look_ahead if self.form == "add" else gradient_steps.look_ahead_downhill
        return [Line("ahead", rule, (before("w"), before("v")), {"momentum": "momentum"})], now("ahead")

    def states(self) -> dict[str, Any]:
        return {"v": 0} if self._moves else {}

    def lines(self, rate: Ref, w: Ref) -> list[Line]:
        v, fading = now("v"), {"momentum": "momentum"}
        if not self._moves:
            return [
                Line("step", gradient_steps.gradient_step, (G, rate)),
                Line("w", gradient_steps.step_down, (w, now("step"))),
            ]
        if self.form == "average":
            return [
                Line("v", averages.gradient_average, (before("v"), G), {"beta": "momentum"}),
                Line("w", gradient_steps.gradient_descent, (w, v, rate)),
            ]
        if self.form == "subtract":
            gathered = Line("v", gradient_steps.downhill_velocity, (before("v"), G, rate), fading)
            return [gathered, Line("w", gradient_steps.step_down, (w, v))]
        gathered = Line("v", gradient_steps.velocity, (before("v"), G, rate), fading)
        if self.nesterov is True:
            return [gathered, Line("w", gradient_steps.nesterov_step, (w, v, G, rate), fading)]
        return [gathered, Line("w", gradient_steps.momentum_step, (w, v))]


class Adagrad(Method):
    """AdaGrad: every entry's rate falls with the sum of its squared gradients."""

    initial_accumulator_value: NotNegative = _default(0.1)
    epsilon: NotNegative = _default(1e-7)
    epsilon_at: Literal["inside", "outside"] = "inside"

    def states(self) -> dict[str, Any]:
        return {"r": self.initial_accumulator_value}

    def lines(self, rate: Ref, w: Ref) -> list[Line]:
        return [
            Line("r", averages.squares_sum, (before("r"), G)),
            _adaptive(G, now("r"), rate, self.epsilon_at),
            Line("w", gradient_steps.step_down, (w, now("step"))),
        ]

    def numbers(self) -> dict[str, Any]:
        return {k: v for k, v in super().numbers().items() if k != "initial_accumulator_value"}


class RMSprop(Method):
    """RMSProp: every entry's rate follows the average of its squared gradients."""

    rho: Fading = _default(0.9)
    momentum: Fading = _default(0)
    epsilon: NotNegative = _default(1e-7)
    centered: bool = False
    epsilon_at: Literal["inside", "outside"] = "inside"

    @property
    def _moves(self) -> bool:
        return _is_not_zero(self.momentum)

    def states(self) -> dict[str, Any]:
        return {"r": 0, **({"m": 0} if self.centered else {}), **({"v": 0} if self._moves else {})}

    def lines(self, rate: Ref, w: Ref) -> list[Line]:
        lines = [Line("r", averages.squares_average, (before("r"), G), {"rho": "rho"})]
        spread = now("r")
        if self.centered:
            spread = now("variance")
            lines += [
                Line("m", averages.gradient_average, (before("m"), G), {"beta": "rho"}),
                Line("variance", averages.gradient_variance, (now("r"), now("m"))),
            ]
        lines.append(_adaptive(G, spread, rate, self.epsilon_at))
        if self._moves:
            fading = {"momentum": "momentum"}
            lines.append(Line("v", gradient_steps.gathered_steps, (before("v"), now("step")), fading))
        return [*lines, Line("w", gradient_steps.step_down, (w, now("v" if self._moves else "step")))]

    def numbers(self) -> dict[str, Any]:
        return {k: v for k, v in super().numbers().items() if k != "momentum" or self._moves}


class Adam(Method):
    """Adam; ε outside the root of the corrected moment as its authors write it, or inside, or as Keras."""

    beta_1: Fading = _default(0.9)
    beta_2: Fading = _default(0.999)
    epsilon: NotNegative = _default(1e-7)
    epsilon_at: Literal["outside", "inside", "keras"] = "outside"

    def states(self) -> dict[str, Any]:
        return {"m": 0, "v": 0}

    def lines(self, rate: Ref, w: Ref) -> list[Line]:
        moments = [
            Line("m", averages.gradient_average, (before("m"), G), {"beta": "beta_1"}),
            Line("v", averages.squares_average, (before("v"), G), {"rho": "beta_2"}),
        ]
        if self.epsilon_at == "keras":
            both = {"beta_1": "beta_1", "beta_2": "beta_2"}
            return [
                *moments,
                Line("rate", adaptive.corrected_rate, (rate, T), both),
                _adaptive(now("m"), now("v"), now("rate"), "outside"),
                Line("w", gradient_steps.step_down, (w, now("step"))),
            ]
        return [
            *moments,
            Line("mhat", averages.bias_corrected, (now("m"), T), {"beta": "beta_1"}),
            Line("vhat", averages.bias_corrected, (now("v"), T), {"beta": "beta_2"}),
            _adaptive(now("mhat"), now("vhat"), rate, self.epsilon_at),
            Line("w", gradient_steps.step_down, (w, now("step"))),
        ]


class AdamW(Adam):
    """Adam with weight decay apart from the gradient."""

    weight_decay: NotNegative | None = _default(0.004)


def _is_not_zero(value: Any) -> bool:
    return getattr(value[()], "exact", None) != 0


def _adaptive(d: Ref, r: Ref, rate: Ref, epsilon_at: str) -> Line:
    rule = adaptive.adaptive_step if epsilon_at == "inside" else adaptive.adaptive_step_outside
    return Line("step", rule, (d, r, rate), {"epsilon": "epsilon"})


METHODS: Mapping[str, type[Method]] = {
    method.__name__: method for method in (SGD, Adagrad, RMSprop, Adam, AdamW)
}


def read_method(table: Table) -> Method:
    """The optimizer of a table. Raises SheetError, naming what is wrong."""
    method = named("optimizer", table, METHODS).of("optimizer", table)
    if isinstance(method, SGD):
        method.check()
    return method
