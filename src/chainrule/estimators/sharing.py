"""Compiled programs that estimators made alike share: a grid search compiles each network once."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from numbers import Real
from threading import Lock
from typing import Any

from chainrule import activations, regularizers
from chainrule.activations import ACTIVATIONS
from chainrule.estimators.building import Ending
from chainrule.losses import LOSSES
from chainrule.model import Programs
from chainrule.optimizers import LEARNING_RATE, OPTIMIZERS, Optimizer
from chainrule.regularizers import REGULARIZERS

KEPT = 32
"""The networks of which the programs are kept, those used last."""

_kept: OrderedDict[str, Programs] = OrderedDict()
_lock = Lock()


def shared_programs(
    sizes: Sequence[int], activation: Any, kernel_regularizer: Any, ending: Ending, optimizer: Optimizer
) -> Programs:
    """The programs of networks of ``Dense`` layers of these sizes, inputs first, that end in the same way.

    The learning rate is not a part of a program. Those with anything in them that is not chainrule's
    own, of which nobody knows whether its configuration says all, have their programs for themselves.
    """
    activation, regularizer = activations.get(activation), regularizers.get(kernel_regularizer)
    known = (
        activation.name in ACTIVATIONS
        and activation.forward.function is ACTIVATIONS[activation.name].forward.function
        and type(ending.loss) in LOSSES.values()
        and type(optimizer) in OPTIMIZERS.values()
        and (regularizer is None or type(regularizer) in REGULARIZERS.values())
        and isinstance(optimizer.learning_rate, Real)
    )
    if not known:
        return Programs()
    config = {name: value for name, value in optimizer.get_config().items() if name != LEARNING_RATE}
    parts = [
        list(sizes),
        activations.serialize(activation),
        regularizers.serialize(regularizer),
        [ending.units, ending.activation, type(ending.loss).__name__, ending.loss.get_config()],
        [type(optimizer).__name__, config],
    ]
    try:
        key = json.dumps(parts, sort_keys=True)
    except TypeError:  # an argument is an object, as a schedule
        return Programs()
    return _kept_for(key)


def _kept_for(key: str) -> Programs:
    with _lock:
        programs = _kept.pop(key, None) or Programs()
        _kept[key] = programs
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return programs
