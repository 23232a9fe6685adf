"""What an activation is: its rule, and the rules of its backward pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chainrule.rules.rule import Rule


@dataclass(frozen=True)
class Activation:
    """An activation function: its name in Keras, its rule, and the rules of its backward pass.

    ``forward(z, *trained)`` gives a; ``derivative(z, a, *trained)`` gives f'(z), elementwise
    (``None`` where outputs depend on all inputs, as softmax); ``backward(da, z, a, *trained)`` gives
    dz; ``gradients[p](da, z, a, p)`` gives the gradient in the trained parameter p.
    """

    name: str
    forward: Rule
    backward: Rule
    derivative: Rule | None = None
    gradients: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def options(self) -> Mapping[str, Any]:
        """The numbers that shape it and do not train, by their names in Keras."""
        return self.forward.defaults

    def with_options(self, **options: Any) -> Activation:
        """The same activation with other numbers.

        >>> from chainrule.rules.activations.rectifiers import leaky_relu
        >>> leaky_relu.with_options(negative_slope=0.01).options
        {'negative_slope': 0.01}
        """
        unknown = set(options) - set(self.options)
        if unknown:
            takes = ", ".join(self.options) or "no options"
            raise TypeError(f"activation {self.name!r} does not take {min(unknown)!r}; it takes {takes}")
        for option, value in options.items():
            try:
                value - value  # what numbers of every kind can, exact ones and symbols too
            except TypeError:
                raise TypeError(f"{option} of {self.name!r} must be a number, got {value!r}") from None

        def changed(rule: Rule) -> Rule:
            return replace(rule, defaults={**rule.defaults, **options})

        return replace(
            self,
            forward=changed(self.forward),
            backward=changed(self.backward),
            derivative=changed(self.derivative) if self.derivative else None,
            gradients={p: changed(r) for p, r in self.gradients.items()},
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        """An activation of the vocabulary is pickled, and copied, by its name and its options."""
        from chainrule.rules.activations.named import ACTIVATIONS, activation_named  # made of this class

        known = ACTIVATIONS.get(self.name)
        if known is None or known.forward.function is not self.forward.function:
            return super().__reduce_ex__(protocol)
        return activation_named, (self.name, dict(self.options))
