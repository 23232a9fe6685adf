"""Steps done in passes: how often arrays are read and written, and which quantities are known after."""

import jax.numpy as jnp
import numpy as np

from chainrule.layers.steps import Step, run
from chainrule.rules.activations.rectifiers import relu
from chainrule.rules.networks.counts import sum_of
from chainrule.rules.normalization import gradients, scale_and_shift, standardizing, statistics
from chainrule.training.native import elementwise, handler
from chainrule.training.passes import in_passes

LEAST = 2**10
SHAPE = (4, 16, 16, 8)

FORWARD = (
    Step("mean", statistics.batch_mean, ("x",)),
    Step("var", statistics.population_variance, ("x", "mean")),
    Step("deviation", standardizing.safe_deviation, ("var",), {"epsilon": 1e-3}),
    Step("xhat", standardizing.normalized, ("x", "mean", "deviation")),
    Step("y", scale_and_shift.scale_and_shift, ("xhat", "gamma", "beta")),
    Step("a", relu.forward, ("y",)),
)
BACKWARD = (
    Step("dy", relu.backward, ("da", "y", "a")),
    Step("dgamma", scale_and_shift.scale_dgamma, ("dy", "xhat")),
    Step("dbeta", scale_and_shift.scale_dbeta, ("dy",)),
    Step("dxhat", scale_and_shift.scale_dxhat, ("dy", "gamma")),
    Step("dvar", gradients.batch_dvar, ("dxhat", "x", "mean", "deviation")),
    Step("dmean", gradients.batch_dmean, ("dxhat", "deviation")),
    Step("dx", gradients.batch_dx, ("dxhat", "x", "mean", "deviation", "dvar", "dmean")),
)
RESULTS = ("a", "dgamma", "dbeta", "dx")


def given():
    random = np.random.default_rng(0)
    arrays = {name: random.normal(1, size=SHAPE) for name in ("x", "da", "other")}
    columns = {name: random.normal(1, size=SHAPE[-1:]) for name in ("gamma", "beta")}
    return {name: jnp.asarray(value, jnp.float32) for name, value in {**arrays, **columns}.items()}


def done(steps, results, monkeypatch):
    """The values, and of each pass how many arrays it reads and writes, and how many sums it gives."""
    passes, all_done = [], handler.all_done

    def watched(work, inputs, shapes, in_place):
        read = sum(each.shape == SHAPE for each in inputs)
        written = sum(shape == SHAPE for shape in shapes)
        passes.append((read, written, len(shapes) - written))
        return all_done(work, inputs, shapes, in_place)

    monkeypatch.setattr(elementwise, "all_done", watched)
    return in_passes(steps, given(), results, LEAST), passes


def test_batch_normalization_takes_four_passes_there_and_back(monkeypatch):
    values, passes = done((*FORWARD, *BACKWARD), RESULTS, monkeypatch)
    assert passes == [(1, 0, 1), (1, 0, 1), (2, 0, 4), (2, 2, 0)]
    right = run((*FORWARD, *BACKWARD), {name: np.float64(value) for name, value in given().items()})
    for name in RESULTS:
        np.testing.assert_allclose(values[name], right[name], rtol=1e-4, atol=1e-4)


def test_what_is_worked_out_on_the_way_is_known_where_it_is_asked_for(monkeypatch):
    values, _ = done((*FORWARD, *BACKWARD), RESULTS, monkeypatch)
    assert not {"xhat", "y", "dy", "dxhat"} & {*values}
    steps = (*FORWARD, *BACKWARD)
    values, _ = done(steps, [step.name for step in steps], monkeypatch)
    right = run(steps, given())
    for step in steps:
        np.testing.assert_allclose(values[step.name], right[step.name], rtol=1e-4, atol=1e-4)


def test_what_is_made_of_many_arrays_is_kept_for_the_next_pass(monkeypatch):
    steps = (
        *FORWARD,
        Step("z", sum_of(3), ("x", "da", "other")),
        Step("all", scale_and_shift.scale_dbeta, ("z",)),
        Step("more", scale_and_shift.shifted, ("z", "all")),
    )
    _, passes = done(steps, ("more",), monkeypatch)
    assert passes == [(1, 0, 1), (1, 0, 1), (3, 1, 1), (1, 1, 0)]


def test_small_arrays_are_left_to_xla(monkeypatch):
    monkeypatch.setattr(elementwise, "all_done", None)
    values = in_passes(FORWARD, given(), ("a",), 10**6)
    np.testing.assert_allclose(values["a"], run(FORWARD, given())["a"], rtol=1e-5)
