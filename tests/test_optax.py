"""Optimizers against Optax, and its transformations in their place."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from chainrule import optimizers
from chainrule.layers.steps import run
from chainrule.optimizers import SGD, Adagrad, Adam, Optax, RMSprop
from chainrule.paper.numbers import numbers
from optimizers_oracle import compiled, gradients, path_of, regression, start, written

IN_OPTAX = [
    (SGD(0.1), optax.sgd(0.1)),
    (SGD(0.1, momentum=0.9), optax.sgd(0.1, momentum=0.9)),
    (SGD(0.1, momentum=0.9, nesterov=True), optax.sgd(0.1, momentum=0.9, nesterov=True)),
    (Adagrad(0.1), optax.adagrad(0.1)),
    (RMSprop(0.1, epsilon=1e-5), optax.rmsprop(0.1, eps=1e-5)),
    (RMSprop(0.1, centered=True, epsilon=1e-5), optax.rmsprop(0.1, centered=True, eps=1e-5)),
    (RMSprop(0.1, momentum=0.9), optax.rmsprop(0.1, momentum=0.9, eps=1e-7)),
    (Adam(0.1, epsilon=0), optax.adam(0.1, eps=0)),
    (Adam(0.1, epsilon=0, amsgrad=True, beta_2=0), optax.amsgrad(0.1, eps=0, b2=0)),
    (SGD(0.1, clipvalue=0.5), optax.chain(optax.clip(0.5), optax.sgd(0.1))),
    (SGD(0.1, global_clipnorm=1.0), optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(0.1))),
]


@pytest.mark.parametrize(
    ("mine", "reference"), IN_OPTAX, ids=[f"{k}-{type(o).__name__}" for k, (o, _) in enumerate(IN_OPTAX)]
)
def test_fifty_updates_are_those_of_optax_where_the_formulas_agree(mine, reference):
    with jax.enable_x64(True):
        parameters = {k: jnp.asarray(v) for k, v in start().items()}
        state = reference.init(parameters)
        for known, slopes in zip(path_of(mine, updates=50), gradients(50), strict=True):
            moves, state = reference.update({k: jnp.asarray(d) for k, d in slopes.items()}, state, parameters)
            parameters = optax.apply_updates(parameters, moves)
            for k, value in parameters.items():
                np.testing.assert_allclose(known[k], value, rtol=1e-9, atol=1e-9)


TRANSFORMATIONS = {
    "adam": lambda: optax.adam(1e-2),
    "momentum": lambda: optax.sgd(0.1, momentum=0.9),
    "no state": lambda: optax.sgd(0.1),
    "chain": lambda: optax.chain(optax.clip_by_global_norm(0.5), optax.adamw(1e-2)),
    "lion": lambda: optax.lion(1e-2),
    "schedule": lambda: optax.sgd(optax.warmup_cosine_decay_schedule(0.0, 0.1, 5, 50)),
    "bool state": lambda: optax.apply_if_finite(optax.adam(1e-2), 3),
    "masked": lambda: optax.masked(optax.adam(1e-2), {"W1": True, "b1": False}),
    "by name": lambda: optax.multi_transform(
        {"slow": optax.sgd(0.01), "fast": optax.adam(0.1)}, {"W1": "fast", "b1": "slow"}
    ),
}


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_a_transformation_of_optax_stands_in_an_optimizers_place(name):
    transformation = TRANSFORMATIONS[name]()
    optimizer = optimizers.get(transformation)
    assert isinstance(optimizer, Optax)
    steps, state = written(optimizer)
    update = jax.jit(lambda known: run(steps, known))
    known = {k: jnp.asarray(v, jnp.float32) for k, v in start().items()}
    parameters, own = dict(known), transformation.init(known)
    known |= {k: jnp.asarray(p.initializer(p.shape)) for k, p in state.items()}
    kinds = {k: (v.shape, v.dtype) for k, v in known.items()}
    assert kinds == kinds | {k: (p.shape, p.dtype) for k, p in state.items()}
    reference = jax.jit(transformation.update)
    for slopes in gradients(30):
        slopes = {k: jnp.asarray(d, jnp.float32) for k, d in slopes.items()}
        after = update({**known, **{f"d{k}": d for k, d in slopes.items()}})
        known = {k: after[f"{k}_new"] for k in known}
        moves, own = reference(slopes, own, parameters)
        parameters = optax.apply_updates(parameters, moves)
        assert {k: (v.shape, v.dtype) for k, v in known.items()} == kinds
    for k, value in parameters.items():
        np.testing.assert_allclose(known[k], value, rtol=1e-5, atol=1e-6)
    assert len(state) == len(jax.tree.leaves(own))


def test_a_model_trains_with_optax_and_says_what_it_cannot_do():
    model = compiled(optax.adam(0.05))
    losses = model.fit(*regression(), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 3
    again = compiled(optax.adam(0.05))
    again.fit(*regression(), epochs=10, verbose=0)
    assert model.values["optax_0"] == 2 * again.values["optax_0"] == 20
    with pytest.raises(ArithmeticError, match="cannot be worked by hand: compile with one of"):
        model.work(*(part[:1] for part in regression()))
    with pytest.raises(ValueError, match="cannot be written down, as it is made of functions"):
        optimizers.serialize(model.optimizer)
    with pytest.raises(TypeError, match=r"cannot be set to 0\.1: give it an Optax schedule"):
        model.optimizer.learning_rate = 0.1
    steps, _ = written(model.optimizer)
    with pytest.raises(NotImplementedError, match="cannot be worked by hand"):
        steps[0].rule(numbers([1]), numbers([1]))


def test_a_state_that_begins_with_the_weights_is_refused():
    with pytest.raises(ValueError, match="begins with the weights' own values"):
        written(Optax(optax.contrib.schedule_free(optax.sgd(0.1), 0.1)))
    with pytest.raises(TypeError, match="must be a GradientTransformation of Optax, got int"):
        Optax(3)
