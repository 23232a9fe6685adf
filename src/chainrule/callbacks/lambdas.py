"""A callback made of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.callbacks.base import HOOKS, Callback
from chainrule.lookup import suggest


class LambdaCallback(Callback):
    """A callback of the functions given by the names of the hooks they are for.

    Raises TypeError for a name that is no hook, or what cannot be called.

    >>> from chainrule import Sequential, layers
    >>> model = Sequential([layers.Dense(1, kernel_initializer="zeros")])
    >>> model.compile("sgd", "mse")
    >>> show = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> _ = model.fit([[1.0]], [0.0], epochs=2, verbose=0, callbacks=[show])
    0 0.0
    1 0.0
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **others: Callable[..., Any] | None,
    ) -> None:
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **others,
        }
        given = {name: function for name, function in functions.items() if function is not None}
        for name, function in given.items():
            if name not in HOOKS:
                raise TypeError(f"LambdaCallback has no hook {name!r}: {suggest(name, HOOKS)}")
            if not callable(function):
                raise TypeError(f"{name} must be a function, got {function!r}")
        vars(self).update(given)
