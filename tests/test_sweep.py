"""Many variants at once: each comes out as if it had been trained alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import chainrule
from chainrule import Input, Sequential, initializers, layers, optimizers
from chainrule.config import next_seed, seeded
from chainrule.sweeps import Halving, Range
from chainrule.sweeps.entering import Entry, Field, Given, Plan
from chainrule.sweeps.space import variants_of
from chainrule.training.order import places_of, shuffled
from chainrule.training.sweeping import SideBySide
from chainrule.utils import set_random_seed
from marks import but_slow

ROOT = Path(__file__).parents[1]
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(40, 6)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 2] > 0)
X_HELD, Y_HELD = X[:9] + 0.1, Y[:9]
EPOCHS = 3


def build(
    optimizer="SGD",
    rate=0.1,
    drop=0.0,
    l2=0.0,
    norm=None,
    scale=None,
    noise=0.0,
    slope=None,
    clipnorm=None,
    units=5,
    bound=None,
    **more,
):
    first = {} if scale is None else {"kernel_initializer": initializers.RandomNormal(stddev=scale)}
    if l2:
        first["kernel_regularizer"] = {"name": "l2", "l2": l2}
    if bound:
        first["kernel_constraint"] = {"name": "max_norm", "max_value": bound}
    model = Sequential(
        [
            Input((6,)),
            layers.Dense(units, **first),
            *([layers.BatchNormalization(momentum=norm, epsilon=norm / 100)] if norm else []),
            layers.Activation("relu") if slope is None else layers.LeakyReLU(slope),
            *([layers.GaussianNoise(noise)] if noise else []),
            *([layers.Dropout(drop)] if drop else []),
            layers.Dense(3, activation="softmax"),
        ]
    )
    table = {"name": optimizer, "learning_rate": rate, **more}
    model.compile(
        table if clipnorm is None else table | {"clipnorm": clipnorm},
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def swept(over, **more):
    given = {"epochs": EPOCHS, "batch_size": 16, "validation_data": (X_HELD, Y_HELD), "verbose": 0}
    return chainrule.sweep(build, over, X, Y, **(given | more))


def alone(run, make=build, **more):
    set_random_seed(run.seed)
    model = make(**run.values)
    given = {"epochs": EPOCHS, "batch_size": 16, "validation_data": (X_HELD, Y_HELD), "verbose": 0}
    return model, model.fit(X, Y, **(given | more)).history


def same(one, other):
    """Whether logs are equal to float32 rounding."""
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], rtol=2e-5, atol=2e-6)
    return True


OVER = {
    "rate and momentum": {"rate": [0.1, 0.02], "momentum": [0.5, 0.95]},
    "nesterov, clipped": {"clipnorm": [0.1, 1.5], "momentum": [0.9], "nesterov": [True]},
    "adam": {"optimizer": ["Adam"], "beta_1": [0.5, 0.9], "beta_2": [0.99, 0.9999], "epsilon": [1e-7, 1e-3]},
    "adamw": {"optimizer": ["AdamW"], "weight_decay": [0.01, 0.1], "amsgrad": [True]},
    "rmsprop": {"optimizer": ["RMSprop"], "rho": [0.8, 0.99], "momentum": [0.3, 0.6]},
    "adagrad": {"optimizer": ["Adagrad"], "initial_accumulator_value": [0.1, 0.5], "epsilon": [1e-7, 1e-2]},
    "dropout and noise": {"drop": [0.1, 0.6], "noise": [0.1, 0.3]},
    "batch norm": {"norm": [0.5, 0.9], "slope": [0.1, 0.3]},
    "penalty and bound": {"l2": [0.001, 0.1], "bound": [0.5, 2.0]},
    "initial scale": {"scale": [0.01, 1.0]},
}


@pytest.mark.parametrize("name", but_slow(["adam", "dropout and noise", "batch norm"], OVER))
def test_a_variant_is_as_it_would_be_alone(name):
    found = swept(OVER[name])
    for run in (found.results[0], found.results[-1]):
        model, history = alone(run)
        assert same(run.history, history)
        if run is found.best:
            for one, other in zip(found.best_model().get_weights(), model.get_weights(), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", OVER)
def test_what_differs_in_numbers_alone_is_one_program(name):
    assert len(groups(OVER[name])) == 1


def groups(over, make=build):
    field = Field()
    for number, values in enumerate(variants_of(over), start=1):
        with seeded(0):
            model = make(**values)
            plan = Plan(next_seed(), EPOCHS, 16, True)
            field.enter(Entry(number, values, 0, model), Given("data", (X, Y), None), plan)
    return [group.members for group in SideBySide(field.candidates, field.sets).groups]


def test_structure_parts_variants():
    over = {"units": [4, 5], "rate": [0.1, 0.2], "optimizer": ["SGD", "Adam"]}
    assert sorted(groups(over)) == [[0, 2], [1, 3], [4, 6], [5, 7]]


def test_a_number_that_decides_what_the_program_is_parts_variants():
    """Without momentum, and with it, are other steps; so are β₁ of 0 and others within one formula."""
    assert len(groups({"momentum": [0.0, 0.5, 0.9]})) == 2
    assert len(groups({"optimizer": ["Adam"], "beta_1": [0.0, 0.5, 0.9]})) == 3


ROWS = np.ones((4, 6, 6, 2), np.float32)
OPTIONED = {
    "ELU": lambda v: layers.ELU(alpha=v),
    "LeakyReLU": lambda v: layers.LeakyReLU(v),
    "ReLU": lambda v: layers.ReLU(max_value=4 * v, negative_slope=v),
    "Dropout": lambda v: layers.Dropout(v),
    "SpatialDropout2D": lambda v: layers.SpatialDropout2D(v),
    "GaussianNoise": lambda v: layers.GaussianNoise(v),
    "BatchNormalization": lambda v: layers.BatchNormalization(momentum=v, epsilon=v),
    "LayerNormalization": lambda v: layers.LayerNormalization(epsilon=v),
    "l1_l2": lambda v: layers.Conv2D(2, 3, kernel_regularizer={"name": "l1_l2", "l1": v, "l2": v / 2}),
    "min_max_norm": lambda v: layers.Conv2D(
        2, 3, kernel_constraint={"name": "min_max_norm", "min_value": v, "max_value": 2 * v, "rate": v}
    ),
}


@pytest.mark.parametrize("name", but_slow(["ReLU", "Dropout", "BatchNormalization", "l1_l2"], OPTIONED))
def test_float_options_of_layers_are_given_to_one_program(name):
    def make(v):
        model = Sequential([Input((6, 6, 2)), OPTIONED[name](v), layers.Flatten(), layers.Dense(1)])
        model.compile("sgd", "mse")
        return model

    field = Field()
    for number, v in enumerate((0.2, 0.3), start=1):
        with seeded(0):
            entry = Entry(number, {"v": v}, 0, make(v))
            field.enter(entry, Given("data", (ROWS, np.ones(4)), None), Plan(1, 1, 4, False))
    side = SideBySide(field.candidates, field.sets)
    assert [group.members for group in side.groups] == [[0, 1]]
    side.advance([0, 1], None, lambda done: None, lambda numbers: None, 9.0)
    for entry, standing in zip(field.entries, side.standings, strict=True):
        if field.candidates[0].program.draws:  # its draws come from another seed here
            continue
        history = entry.model.fit(ROWS, np.ones(4), batch_size=4, shuffle=False, verbose=0).history
        assert same(dict(standing.logs), history)


def test_every_seed_is_trained_and_the_order_of_variants_changes_nothing():
    over = {"rate": [0.3, 0.1, 0.03], "drop": [0.2]}
    found = swept(over, seeds=3)
    turned = swept({"rate": [0.03, 0.1, 0.3], "drop": [0.2]}, seeds=[2, 1, 0], at_once=2)
    assert [run.seed for run in found.results] == [0, 1, 2] * 3
    others = {(run.values["rate"], run.seed): run for run in turned.results}
    for run in found.results:
        assert same(run.history, others[run.values["rate"], run.seed].history)


def test_runs_of_one_seed_and_of_many_share_what_they_can_with_the_same_results():
    """Nine of one seed are one call with a common order; one of each of nine seeds have their own."""
    together = swept({"rate": list(np.linspace(0.1, 0.2, 9).tolist())})
    apart = swept({"rate": [0.1]}, seeds=9)
    assert same(together.results[0].history, apart.results[0].history)


def test_one_that_diverges_is_marked_and_disturbs_no_other():
    found = swept({"rate": [0.1, 1e30]})
    fine, lost = found.results
    assert (fine.diverged, lost.diverged) == (None, 1)
    assert found.best is fine
    assert same(fine.history, alone(fine)[1])
    assert np.isnan(lost.at_end("loss"))


def test_where_all_diverge_there_is_no_model():
    found = swept({"rate": [1e30]})
    assert found.best.diverged == 1
    with pytest.raises(FloatingPointError, match="lower learning rates"):
        found.best_model()


def test_halving_goes_on_with_the_best_as_if_they_had_never_been_parted():
    found = swept({"rate": [0.0001, 0.001, 0.1, 1e30]}, halving=Halving(2, 1))
    assert sorted(run.epochs for run in found.results) == [0, 1, 2, 3]
    assert same(found.best.history, alone(found.best)[1])


def test_halving_by_accuracy_takes_the_largest():
    found = swept({"rate": [0.00001, 0.3]}, measure="accuracy", halving=Halving(2, 1))
    one, other = found.results
    first = {run.variant: run.history["accuracy"][0] for run in (one, other)}
    assert found.best.variant == max(first, key=first.get)


def test_schedules_of_the_rate_are_numbers_too():
    def make(rate, steps):
        schedule = optimizers.schedules.ExponentialDecay(rate, steps, 0.5)
        model = build()
        model.compile(optimizers.SGD(schedule), "sparse_categorical_crossentropy")
        return model

    found = chainrule.sweep(
        make, {"rate": [0.1, 0.2], "steps": [2, 3]}, X, Y, epochs=EPOCHS, batch_size=16, verbose=0
    )
    for run in (found.results[0], found.results[-1]):
        assert same(run.history, alone(run, make, validation_data=None)[1])


def test_the_table_has_a_row_for_each_run():
    found = swept({"rate": [0.1, 0.2]}, seeds=2)
    table = found.table()
    assert [(row["variant"], row["rate"], row["seed"]) for row in table] == [
        (1, 0.1, 0),
        (1, 0.1, 1),
        (2, 0.2, 0),
        (2, 0.2, 1),
    ]
    assert table[0]["val_loss"] == found.results[0].history["val_loss"][-1]
    assert table[0]["best_accuracy"] == max(found.results[0].history["accuracy"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"over": {}}, "nothing varies"),
        ({"over": {"rate": []}}, "over.rate: an empty list"),
        ({"over": {"rate": Range(0.1, 1.0)}}, "count: is missing"),
        ({"over": {"rate": Range(0.1, 1.0)}, "search": "grid"}, "a range is drawn from"),
        ({"over": {"rate": [0.1]}, "search": "random", "count": 2}, "only 1 that differ"),
        ({"over": {"rate": [0.1]}, "measure": "val_acuracy"}, "did you mean 'val_accuracy'"),
        ({"over": {"rate": [0.1] * 400, "drop": [0.1] * 400}}, "160,000 variants"),
        ({"over": {"rate": [0.1]}, "at_once": 0}, "at_once"),
    ],
)
def test_what_cannot_be_is_said(more, said):
    with pytest.raises(ValueError, match=said):
        swept(**more)


def test_build_must_give_a_model():
    with pytest.raises(TypeError, match="build must give a compiled model"):
        chainrule.sweep(lambda rate: rate, {"rate": [1]}, X, Y)


@pytest.mark.parametrize("ends", [(1, 1, "linear"), (0, 1, "log"), (0, float("inf"), "linear"), (1, 2, "ln")])
def test_a_range_that_cannot_be_is_refused(ends):
    with pytest.raises(ValueError, match="range"):
        Range(*ends)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_ranges_of_whole_numbers_reach_both_ends(scale):
    found = {each["n"] for each in variants_of({"n": Range(1, 4, scale)}, count=4)}
    assert found == {1, 2, 3, 4}


@pytest.mark.parametrize("rows", [0, 1, 2, 1000])
def test_rows_are_shuffled_as_jax_does(rows):
    import jax

    key = jax.random.key(rows)
    np.testing.assert_array_equal(shuffled(key, rows), jax.random.permutation(key, rows))


def test_equal_numbers_keep_their_order():
    numbers = GENERATOR.integers(0, 5, 100).astype(np.uint32)
    np.testing.assert_array_equal(places_of(numbers), np.argsort(numbers, kind="stable"))


DEVICES = """
import jax, sys
sys.path.insert(0, "tests")
import test_sweep as t
from chainrule.training import placing
used = set()
def watched(*given, old=placing.on_devices):
    call = old(*given)
    def run(*arguments):
        ran = call(*arguments)
        used.update(device for array in ran.values.values() for device in array.devices())
        assert not any(array.is_fully_replicated for array in ran.values.values())
        return ran
    return run
import chainrule.training.sweeping as sweeping
sweeping.on_devices = watched
found = t.swept({"rate": [0.1, 0.2, 0.3, 0.4, 0.5], "drop": [0.3]})
assert len(jax.devices()) == 4 and len(used) == 4, used
import json
print(json.dumps([run.history["val_loss"] for run in found.results]))
"""


def test_several_devices_share_a_sweep():
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    done = subprocess.run(
        [sys.executable, "-c", DEVICES],
        env=os.environ | flags,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = swept({"rate": [0.1, 0.2, 0.3, 0.4, 0.5], "drop": [0.3]})
    np.testing.assert_allclose(
        json.loads(done.stdout), [run.history["val_loss"] for run in found.results], rtol=2e-5
    )
