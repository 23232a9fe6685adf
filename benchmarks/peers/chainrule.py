"""Chainrule: ``fit`` and ``predict`` as anybody calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from measuring import Measured, Trial, timed_training
from problems import first_weights

if TYPE_CHECKING:
    from peers.training import Task


def trained(task: Task, network: Callable[[Any], Any], small: bool) -> Measured:
    """The network trained by chainrule, with the operations that a unit of the case takes."""
    x, y = task.arrays(small)
    model = None

    def build() -> Trial:
        nonlocal model
        model = compiled(task, network)
        return Trial(
            lambda epochs: _fit(model, x, y, task.batch_size, epochs),
            lambda rows: model.predict(rows, batch_size=500, verbose=0),
        )

    found = timed_training(build, x, y, task.epochs)
    return replace(found, extra={"operations": len(x) * operations(model)})


def compiled(task: Task, network: Callable[[Any], Any]) -> Any:
    """The network with its optimizer, its loss and the first weights that all have."""
    import chainrule

    model = network(chainrule)
    optimizer = getattr(chainrule.optimizers, task.optimizer)(task.rate)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.set_weights(first_weights(model.get_weights()))
    return model


def _fit(model: Any, x: Any, y: Any, batch_size: int, epochs: int) -> None:
    model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)


def operations(model: Any) -> float:
    """Additions and multiplications of the products of matrices that one row takes, there and back.

    The gradient of the inputs, which nobody needs, is left out.
    """
    from chainrule.network.shapes import shapes_of
    from chainrule.training.loop import training_steps

    program = model.network.program([model.loss], model.optimizer)
    shapes = shapes_of(model.network, program, model.loss)
    updating = {step.name for step in program.update}
    return 2.0 * sum(
        step.rule.count((shapes[i] for i in step.inputs), step.options)
        for step in training_steps(program)
        if step.name not in updating
    )
