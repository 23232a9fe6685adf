"""What Keras' models have and these have not, and what does the same here: said in the errors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from chainrule.lookup import suggest

Given = ParamSpec("Given")
Found = TypeVar("Found")

ARGUMENTS = {
    "auto_scale_loss": "numbers are float32, and nothing needs to be scaled: leave it out",
    "compile": "a loaded model is compiled as it was saved; call its compile to choose anew",
    "jit_compile": "everything is compiled: leave it out",
    "overwrite": "a file that is there is replaced: leave it out",
    "run_eagerly": "everything is compiled; model.work(x, y) shows each step of an update",
    "safe_mode": "loading never runs code from the file: leave it out",
    "steps": "all rows are taken: give fewer rows",
    "steps_per_epoch": "an epoch goes through all rows: give fewer rows or another number of epochs",
    "validation_batch_size": "validation is measured in batches of batch_size",
    "validation_freq": "validation is measured after every epoch",
    "validation_steps": "validation is measured on all of its rows: give fewer",
    "weighted_metrics": "metrics count every row the same: give them as metrics",
}
_MADE_ANEW = (
    "make another model from nodes that you keep, as Model(x, h) with x = Input((4,)); h = Dense(3)(x)"
)
_NAMED = "the trained weights are in parameters, all of them in weights, by their names"
_MEASURED = "evaluate(x, y, return_dict=True) gives the metrics with their names"
_SAVED = "save(path) writes the layers and the weights to a file, and models.load_model(path) reads it"
_OWN = "what is your own is a layer, a class derived from layers.Layer; a model is made of layers"
ATTRIBUTES = {
    "add_loss": "a penalty on weights is a layer's kernel_regularizer",
    "call": _OWN,
    "export": _SAVED,
    "from_config": _SAVED,
    "get_config": _SAVED,
    "get_metrics_result": _MEASURED,
    "input": _MADE_ANEW,
    "inputs": _MADE_ANEW,
    "metrics": _MEASURED,
    "metrics_names": _MEASURED,
    "non_trainable_variables": _NAMED,
    "non_trainable_weights": _NAMED,
    "output": _MADE_ANEW,
    "outputs": _MADE_ANEW,
    "predict_on_batch": "predict(x, batch_size=len(x)) takes all rows at once",
    "test_on_batch": "evaluate(x, y, batch_size=len(x), verbose=0) takes all rows at once",
    "to_json": _SAVED,
    "train_on_batch": "fit(x, y, batch_size=len(x), verbose=0) makes one update",
    "train_step": _OWN,
    "trainable_variables": _NAMED,
    "trainable_weights": _NAMED,
    "variables": _NAMED,
}


def names_what_it_takes(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """Let the TypeError for an argument that is not taken say which are, or what stands for Keras' one.

    >>> @names_what_it_takes
    ... def evaluate(x, batch_size=None): ...
    >>> evaluate(1, batch=2)
    Traceback (most recent call last):
    TypeError: evaluate has no argument 'batch': expected one of batch_size, x (did you mean 'batch_size'?)
    """
    taken = [name for name in inspect.signature(function).parameters if name != "self"]

    @functools.wraps(function)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        for name in kwargs:
            if name not in taken:
                instead = ARGUMENTS.get(name) or suggest(name, taken)
                raise TypeError(f"{function.__name__} has no argument {name!r}: {instead}")
        return function(*args, **kwargs)

    return checked
