"""What tests of layers share: values for everything that a program takes, and what to hold it against."""

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.layers.steps import run
from chainrule.losses import MeanSquaredError
from chainrule.network import NEW, Network
from chainrule.optimizers import SGD
from chainrule.paper.numbers import numbers
from compiling import quickly

TOLERANCE = 1e-11


def program_of(network, loss=None):
    return network.program(loss or MeanSquaredError(), SGD())


def draws_of(program, rows, random):
    """Random numbers of the kind that each draw asks for."""
    kinds = {"uniform": random.random, "normal": random.standard_normal}
    return {name: kinds[draw.kind]((rows, *draw.shape)) for name, draw in program.draws.items()}


def weights_of(network, random):
    """Weights of either sign, variances greater than 0."""
    return {
        name: random.uniform(0.5, 2, p.shape) if "var" in name else random.normal(0, 0.8, p.shape)
        for name, p in network.weights.items()
    }


def values_of(network, program, rows, seed, x=None):
    """Values of everything that the steps of a program take; multiples of 1/64, which paper has exactly."""
    random = np.random.default_rng(seed)
    made = {
        **{name: random.normal(size=(rows, *shape)) for name, shape in network.inputs.items()},
        "y": random.normal(size=(rows, *network.output_shape)),
        "learning_rate": np.asarray(0.25),
        **weights_of(network, random),
        **draws_of(program, rows, random),
    }
    rounded = {name: np.round(value * 64) / 64 for name, value in made.items()}
    return rounded if x is None else {**rounded, "x": x}


def _gradients_by_jax(program, values):
    """The gradient of the loss in all that is given, and in every quantity on the way to the loss."""
    zeros = {name: jnp.zeros_like(value) for name, value in run(program.forward, values).items()}

    def loss_of(shifts):
        known = {name: value + shifts[name] for name, value in values.items()}
        for step in program.forward:
            known[step.name] = step.rule(*(known[i] for i in step.inputs), **step.options) + shifts[step.name]
        return run(program.loss, known)["loss"]

    return {f"d{name}": value for name, value in jax.grad(loss_of)(zeros).items()}


def check_gradients(network, rows=4, seed=0, x=None):
    """Every gradient that the layers write, in float64 under jit and in NumPy, is that of ``jax.grad``."""
    program = program_of(network)
    values = values_of(network, program, rows, seed, x)
    with jax.enable_x64(True):
        automatic, written = quickly(
            lambda given: (_gradients_by_jax(program, given), run(program.steps, given))
        )({name: jnp.asarray(value) for name, value in values.items()})
    in_numpy = run(program.steps, values)
    wanted = {f"d{name}" for name in (*network.inputs, *program.parameters)}
    found = {step.name for step in program.backward} & set(automatic)
    assert wanted <= found
    for name in sorted(found):
        expected = np.asarray(automatic[name])
        scale = max(1.0, np.abs(expected).max())
        for ours in (written[name], in_numpy[name]):
            assert ours.dtype == np.float64, name
            np.testing.assert_allclose(
                np.asarray(ours) / scale, expected / scale, rtol=0, atol=TOLERANCE, err_msg=name
            )


def check_exact(network, rows=3, seed=1, x=None):
    """Every step of an update and of predicting, on exact numbers, gives what it gives in float64."""
    program = program_of(network)
    values = values_of(network, program, rows, seed, x)
    exact = {name: numbers(value) for name, value in values.items()}
    for steps in (program.steps, program.evaluation):
        expected = run(steps, values)
        found = run(steps, exact)
        for step in steps:
            floats = np.asarray(np.vectorize(float, otypes=[float])(found[step.name]))
            assert floats.shape == np.shape(expected[step.name]), step
            np.testing.assert_allclose(floats, expected[step.name], rtol=1e-9, atol=1e-11, err_msg=str(step))


def single(values):
    return {name: np.asarray(value, np.float32) for name, value in values.items()}


def check_keras(layer, theirs, input_shape, rows=6, seed=2, training=False, x=None, atol=2e-6):
    """The layer gives what Keras' gives with the same weights, and carries the same along."""
    network = Network([layer], input_shape)
    program = program_of(network)
    values = single(values_of(network, program, rows, seed, x))
    theirs.build((None, *input_shape))
    theirs.set_weights([values[name] for name in network.weights])
    expected = np.asarray(theirs(values["x"], training=training))
    steps, output = (program.steps, program.output) if training else network.forward()
    known = run(steps, values)
    np.testing.assert_allclose(known[output], expected, rtol=2e-5, atol=atol)
    assert network.output_shape == expected.shape[1:] == theirs.compute_output_shape((None, *input_shape))[1:]
    assert network.places[0].count_params == theirs.count_params()
    if training:
        carried = {name: known[name + NEW] for name in program.carried}
        after = dict(zip(network.weights, (np.asarray(w.value) for w in theirs.weights), strict=True))
        for name, value in carried.items():
            np.testing.assert_allclose(value, after[name], rtol=2e-5, atol=atol, err_msg=name)
