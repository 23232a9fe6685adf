"""Names, arguments and defaults are those of Keras, wherever Keras has the thing."""

import inspect

import keras
import pytest

from chainrule import (
    activations,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from chainrule.layers.registry import LAYERS
from chainrule.lookup import build, snake_case, suggest
from chainrule.losses import LOSSES
from chainrule.rules.activations.named import ACTIVATIONS

VOCABULARIES = {
    "initializers": (initializers.INITIALIZERS, keras.initializers),
    "losses": (LOSSES, keras.losses),
    "layers": (LAYERS, keras.layers),
    "optimizers": (optimizers.OPTIMIZERS, keras.optimizers),
    "regularizers": (regularizers.REGULARIZERS, keras.regularizers),
    "constraints": (constraints.CONSTRAINTS, keras.constraints),
}
NOT_IN_KERAS = {"PerceptronLoss", "Branches", "Chain", "PadChannels", "Residual"}
TWINS = [
    pytest.param(made, getattr(theirs, name), id=f"{kind}.{name}")
    for kind, (ours, theirs) in VOCABULARIES.items()
    for name, made in ours.items()
    if name == made.__name__ and name not in NOT_IN_KERAS
]


@pytest.mark.parametrize(("ours", "theirs"), TWINS)
def test_arguments_have_the_names_the_order_and_the_defaults_of_keras(ours, theirs):
    mine, keras_own = inspect.signature(ours).parameters, inspect.signature(theirs).parameters
    shared = [name for name in mine if name in keras_own]
    assert shared == [name for name in keras_own if name in mine]
    for name in set(shared) - {"name"}:
        default = keras_own[name].default
        meant = (default, default[0]) if default in ((1, 1), (2, 2)) else (default,)  # one number for both
        assert mine[name].default in meant, name


@pytest.mark.parametrize(("ours", "theirs"), TWINS)
def test_arguments_that_keras_lacks_are_few_and_known(ours, theirs):
    own = set(inspect.signature(ours).parameters) - set(inspect.signature(theirs).parameters)
    accepted = {"name"} if issubclass(ours, layers.Layer) else set()  # by keyword, through **kwargs
    assert own <= accepted | ({"factor"} if ours is losses.MeanSquaredError else set())


@pytest.mark.parametrize(
    ("ours", "theirs"), [pair for pair in TWINS if issubclass(pair.values[0], losses.Loss)]
)
def test_a_loss_calls_itself_what_keras_calls_it(ours, theirs):
    assert ours().name == theirs().name


@pytest.mark.parametrize("name", [n for n, made in LOSSES.items() if made.__name__ not in NOT_IN_KERAS])
def test_every_name_of_a_loss_means_the_same_in_keras(name):
    found = keras.losses.get(name)
    theirs = found.__name__ if inspect.isfunction(found) else type(found).__name__
    assert snake_case(theirs) == snake_case(type(losses.get(name)).__name__)


@pytest.mark.parametrize("name", [n for n in initializers.INITIALIZERS if n.lower() != "constant"])
def test_every_name_of_an_initializer_means_the_same_in_keras(name):
    assert type(initializers.get(name)).__name__ == type(keras.initializers.get(name)).__name__


@pytest.mark.parametrize(
    "name", ["normal", "uniform", "zero", "one", "zeros", "ones", "constant", "he_normal"]
)
def test_short_names_of_initializers_in_keras_courses_are_known(name):
    assert isinstance(initializers.get(name), initializers.Initializer)


@pytest.mark.parametrize("name", ["mse", "MSE", "mae", "MAE", "kld", "KLD", "bce", "BCE"])
def test_short_names_of_losses_in_keras_courses_are_known(name):
    assert losses.get(name).name == keras.losses.get(name).__name__


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if n not in ("step", "prelu")])
def test_every_activation_has_the_name_and_the_default_options_of_keras(name):
    theirs = inspect.signature(keras.activations.get(name)).parameters
    assert keras.activations.get(name).__name__ == name
    for option, value in activations.get(name).options.items():
        assert theirs[option].default == value


def test_snake_case_writes_every_class_name_as_keras_does():
    for cls in (keras.layers.Layer, keras.losses.Loss, keras.metrics.Metric):
        module = getattr(keras, {"Layer": "layers", "Loss": "losses", "Metric": "metrics"}[cls.__name__])
        for name, made in vars(module).items():
            if inspect.isclass(made) and issubclass(made, cls):
                assert snake_case(name) == keras.src.utils.naming.to_snake_case(name), name


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("MeanSquaredError", "mean_squared_error"),
        ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"),
        ("KLDivergence", "kl_divergence"),
        ("SGD", "sgd"),
        ("PReLU", "p_re_lu"),
        ("Conv2D", "conv2d"),
        ("MaxPooling2D", "max_pooling2d"),
    ],
)
def test_snake_case(name, snake):
    assert snake_case(name) == snake


def test_a_name_slightly_wrong_is_answered_with_the_right_one_and_all_others():
    with pytest.raises(ValueError, match=r"unknown loss 'msee': expected one of .*did you mean 'mse'\?"):
        losses.get("msee")
    assert "did you mean" not in suggest("xyz", ["relu", "sigmoid"])


def test_an_argument_that_is_not_taken_is_named_with_the_likely_one():
    with pytest.raises(TypeError, match=r"optimizer 'SGD' has no argument 'lerning_rate'.*'learning_rate'"):
        optimizers.get({"name": "SGD", "lerning_rate": 0.1})


def test_a_thing_is_found_by_name_by_table_by_saved_table_by_class_and_by_itself():
    saved = {"class_name": "SGD", "config": {"learning_rate": 0.5}}
    for identifier in ({"name": "sgd", "learning_rate": 0.5}, saved, optimizers.SGD(0.5)):
        assert optimizers.get(identifier).learning_rate == 0.5
    for identifier in ("SGD", "sgd", optimizers.SGD):
        assert optimizers.get(identifier).learning_rate == 0.01


@pytest.mark.parametrize(
    ("identifier", "error", "says"),
    [
        (3, TypeError, "optimizer must be a name, a table or an object, got int"),
        ({"learning_rate": 1}, ValueError, "needs a 'name'"),
        ("__import__('os')", ValueError, "unknown optimizer"),
        (
            {"class_name": "os.system", "config": {"command": "true"}},
            ValueError,
            "unknown optimizer 'os.system'",
        ),
    ],
)
def test_what_is_no_identifier_is_refused_by_name(identifier, error, says):
    with pytest.raises(error, match=says):
        build("optimizer", identifier, optimizers.OPTIMIZERS, optimizers.Optimizer)


@pytest.mark.parametrize("identifier", ["sigmod", {"name": "elu", "slope": 1}, 7])
def test_an_unknown_activation_or_option_is_named(identifier):
    with pytest.raises((ValueError, TypeError), match=r"'sigmod'|'slope'|7"):
        activations.get(identifier)


@pytest.mark.parametrize("name", ["leaky_relu", {"name": "leaky_relu", "negative_slope": 0.01}, "tanh"])
def test_an_activation_comes_back_from_its_table(name):
    entry = activations.get(name)
    assert activations.get(activations.serialize(entry)).options == entry.options


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "chosen"),
    [
        ("mse", 1, (4, 1), "binary_accuracy"),
        ("mse", 3, (4, 3), "categorical_accuracy"),
        ("bce", 1, (4, 1), "binary_accuracy"),
        ("categorical_crossentropy", 3, (4, 3), "categorical_accuracy"),
        ("sparse_categorical_crossentropy", 3, (4,), "sparse_categorical_accuracy"),
    ],
)
def test_accuracy_means_what_it_means_in_keras(loss, outputs, targets, chosen):
    from keras.src.trainers.compile_utils import get_metric

    predictions = keras.KerasTensor((4, outputs))
    theirs = get_metric("accuracy", keras.KerasTensor(targets), predictions)
    assert metrics.get("accuracy", losses.get(loss), outputs).name == chosen
    assert snake_case(type(theirs).__name__) == chosen


def test_an_unknown_metric_is_named_with_the_likely_one():
    with pytest.raises(ValueError, match=r"unknown metric 'acuracy'.*'accuracy'"):
        metrics.get("acuracy", losses.get("mse"))
