"""Every rule of every table: its two forms agree, its TeX can be filled, its slips are mistakes."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import chainrule.rules
from chainrule.rules import (
    affine,
    calculus,
    clipping,
    counting,
    embedding,
    information,
    initializers,
    linear_algebra,
    losses,
    metrics,
    normalization,
    optimizers,
    penalties,
    perceptron,
    probability,
    sampling,
)
from chainrule.rules.activations import ACTIVATIONS, Activation
from chainrule.rules.arrays import constant, is_exact
from chainrule.rules.rule import Name, Rule, rule

DIVISIONS = {"element": ["mean", "sum", "1/m", "1/2", "1/2m"], "row": ["mean", "sum"]}
ROWS, COLUMNS = 4, 3


def _draw(seed, *shape):
    return np.random.default_rng(seed).normal(0, 1.5, shape)


def _share(seed):
    powers = np.exp(_draw(seed, ROWS, COLUMNS))
    return powers / powers.sum(axis=1, keepdims=True)


def _activation_rules():
    z, da = _draw(1, ROWS, COLUMNS), _draw(2, ROWS, COLUMNS)
    for entry in ACTIVATIONS.values():
        trained = [np.array([-0.4, -0.7, 0.1])] * len(entry.gradients)
        a = entry.forward(z, *trained)
        yield entry.forward, (z, *trained)
        yield entry.backward, (da, z, a, *trained)
        if entry.derivative:
            yield entry.derivative, (z, a, *trained)
        for gradient in entry.gradients.values():
            yield gradient, (da, z)


def _targets(loss):
    if loss.name.startswith("sparse"):
        return np.array([2, 0, 1, 1])
    if loss.per == "row":
        return _share(3)
    if loss.name in ("hinge", "perceptron"):
        return np.sign(_draw(3, ROWS, COLUMNS))
    return (_draw(3, ROWS, COLUMNS) > 0) * 0.8


def _loss_rules():
    z = _draw(4, ROWS, COLUMNS)
    for loss in losses.LOSSES.values():
        y = _targets(loss)
        a = _share(5) if loss.per == "row" else ACTIVATIONS["sigmoid"].forward(z)
        for divide_by in DIVISIONS[loss.per]:
            yield losses.loss_rule(loss, divide_by), (y, a)
            yield losses.loss_gradient_rule(loss, divide_by), (y, a)
            for activation in loss.logits:
                behind = ACTIVATIONS[activation].forward(z)
                yield losses.loss_rule(loss, divide_by, activation), (y, behind, z)
                yield losses.fused_gradient_rule(loss, divide_by, activation), (y, behind)


def _other_rules():
    x, W, b, dz = _draw(6, ROWS, 3), _draw(7, 3, 3), _draw(8, 3), _draw(9, ROWS, 3)
    yield affine.affine, (x, W, b)
    yield affine.linear_map, (x, W)
    yield affine.affine_dW, (x, dz)
    yield affine.affine_db, (dz,)
    yield affine.affine_dx, (dz, W)
    yield embedding.embedded, (np.array([2.0, 0.0, 2.0]), W)
    yield normalization.moving_average, (b, b + 1), {"momentum": 0.99}
    yield optimizers.gradient_descent, (W, W + 1, 0.1)
    yield optimizers.velocity, (W, W + 1, 0.1), {"momentum": 0.9}
    yield optimizers.momentum_step, (W, W + 1)
    yield optimizers.nesterov_step, (W, W + 1, W + 2, 0.1), {"momentum": 0.9}
    yield optimizers.gradient_variance, (W**2 + 1, W)
    yield optimizers.corrected_rate, (np.array(0.1), np.array(3)), {"beta_1": 0.9, "beta_2": 0.999}
    yield clipping.norm_of(2), (W, b)
    yield clipping.clipped_by_norm, (W, np.array(0.5)), {"clipnorm": 0.2}
    yield from (
        (made, (W, W + 1)[: len(made.inputs)]) for made in penalties.regularizer_rules({"l1": 0.5, "l2": 0.1})
    )
    for variance in initializers.VARIANCES.values():
        yield variance, (64, 10)
    yield initializers.uniform_limit, (np.float64(0.02),)
    yield initializers.deviation, (np.float64(0.02),)
    for metric in metrics.METRICS.values():
        labels = metric.name.startswith("sparse")
        yield metric, (np.array([2, 0, 1, 1]) if labels else _share(10), _share(11))


def _counting_rules():
    kernel, units = np.array([3.0, 5.0]), np.array(7.0)
    shape, output = np.array([9.0, 8.0, 4.0]), np.array([7.0, 4.0, 7.0])
    yield counting.convolution_parameters, (kernel, shape, units)
    yield counting.convolution_multiplications, (output, kernel, shape)
    yield counting.dense_parameters, (np.array([9.0]), units)
    yield counting.percent_saved, (np.array([30.0]), np.array([120.0]))


def _linear_algebra_rules():
    A, B, a, b = _draw(12, 3, 3), _draw(13, 3, 3), _draw(14, 3), _draw(15, 3)
    yield linear_algebra.product, (A, B)
    yield linear_algebra.norm, (a,)
    yield linear_algebra.cosine, (a @ b, np.array(2.0), np.array(3.0))
    yield linear_algebra.condition_number, (np.array(200.0), np.array(2.0))
    yield calculus.shrink_factors, (np.array(0.009), np.array([200.0, 2.0]))


def _perceptron_rules():
    x, w, b = _draw(16, ROWS, 3), _draw(17, 3), _draw(18)
    yield perceptron.weighted_sum, (x[0], w, b)
    yield perceptron.weighted_sums, (x, w, b)
    yield perceptron.corrected_weights, (w, np.array(0.5), np.array(-1.0), x[0])
    yield perceptron.weights_gradient, (x, _draw(19, ROWS))


def _probability_rules():
    x, p = np.array([-1.0, 0.0, 2.0]), np.array([0.2, 0.5, 0.3])
    half, third, tenth = np.array(0.5), np.array(1 / 3), np.array(0.1)
    yield probability.complement, (third,)
    yield probability.union, (half, third, tenth)
    yield probability.conditional, (tenth, third)
    yield probability.product, (half, third)
    yield probability.expectation, (x, p)
    yield probability.variance_by_moments, (np.array(1.4), np.array(0.4))
    yield probability.covariance, (half, third, tenth)
    yield probability.variance_of_sum, (half, third, tenth)
    yield probability.uniform_variance, (np.array(-1.0), np.array(2.0))
    yield probability.normal_pdf, (x, np.array(1.0), np.array(2.0))
    yield probability.standard_score, (x, np.array(1.0), np.array(2.0))


def _information_rules():
    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])
    for base in ("2", "e"):
        yield information.entropy(base), (p,)
        yield information.cross_entropy(base), (p, q)
        yield information.kl_divergence(base), (p, q)


def _sampling_rules():
    x, rows, columns = _draw(71, 2, 3, 4, 2), _draw(72, 2, 3, 3), _draw(73, 2, 3, 3)
    for fill_mode in sampling.FILL_MODES:
        how = {"interpolation": "bilinear", "fill_mode": fill_mode, "fill_value": 0.5}
        yield sampling.sampled, (x, rows, columns), how


def _found(thing):
    """The rules in something that a module of rules holds."""
    if isinstance(thing, Rule):
        yield thing
    elif isinstance(thing, Activation):
        yield from (thing.forward, thing.backward, *thing.gradients.values())
        yield from filter(None, [thing.derivative])
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _found(value)


EXAMPLES = [
    *_activation_rules(),
    *_loss_rules(),
    *_other_rules(),
    *_counting_rules(),
    *_linear_algebra_rules(),
    *_perceptron_rules(),
    *_probability_rules(),
    *_information_rules(),
    *_sampling_rules(),
]
MODULES = [
    importlib.import_module(f"chainrule.rules.{m.name}")
    for m in pkgutil.iter_modules(chainrule.rules.__path__)
]
DISCOVERED = [made for module in MODULES for thing in vars(module).values() for made in _found(thing)]
RULES = list(dict.fromkeys([*(example[0] for example in EXAMPLES), *DISCOVERED]))


def _id(made):
    return made.name if isinstance(made, Rule) else ""


def _references(tex):
    return set(re.findall(r"<(\w+)>", tex))


def _fillable(made):
    keywords = inspect.signature(made.function).parameters.values()
    return {*made.inputs, *made.defaults, *(p.name for p in keywords if p.kind is p.KEYWORD_ONLY)}


every_rule = pytest.mark.parametrize("made", RULES, ids=_id)
every_example = pytest.mark.parametrize(
    ("made", "inputs", "options"), [(*e, {}) if len(e) == 2 else e for e in EXAMPLES], ids=_id
)


@every_rule
def test_tex_names_only_inputs_and_options(made):
    for template in filter(None, [made.tex, made.columns_tex, *(slip.tex for slip in made.slips)]):
        assert _references(template) <= _fillable(made)


@every_rule
def test_tex_is_balanced_and_leaves_nothing_to_fill(made):
    filled = dict.fromkeys(_fillable(made), "q")
    slips = [replace(made, tex=slip.tex, columns_tex=None) for slip in made.slips]
    for form in (made, *slips):
        for columns in (False, True):
            tex = form.formula(filled, columns)
            assert tex
            assert not _references(tex)
            assert tex.count("{") == tex.count("}")
            assert tex.count(r"\left") == tex.count(r"\right")
            assert tex.count(r"\begin{cases}") == tex.count(r"\end{cases}")


@every_rule
def test_slips_have_ids_of_their_own_and_finish_a_sentence(made):
    ids = [slip.id for slip in made.slips]
    assert len(set(ids)) == len(ids)
    for slip in made.slips:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", slip.id)
        assert slip.what[0].islower() or slip.what.startswith("e^")
        assert not slip.what.endswith(".")


@every_rule
def test_a_rule_with_two_forms_or_slips_has_an_example_here(made):
    examples = [example[0] for example in EXAMPLES]
    assert made in examples or not (made.stable or made.slips)


@every_example
def test_a_rule_takes_as_many_inputs_as_it_names(made, inputs, options):
    assert len(made.inputs) == len(inputs)
    call = made(*map(Name, made.inputs), **options)
    assert tuple(str(i) for i in call.inputs) == made.inputs


@every_example
def test_the_stable_form_is_the_same_function(made, inputs, options):
    options = {**made.defaults, **options}
    if made.stable:
        np.testing.assert_allclose(
            made.stable(*inputs, **options), made.function(*inputs, **options), rtol=1e-12, atol=1e-15
        )


@every_example
def test_every_slip_runs_on_the_rules_inputs_and_is_a_mistake(made, inputs, options):
    options = {**made.defaults, **options}
    right = np.asarray(made.function(*inputs, **options))
    for slip in made.slips:
        wrong = np.asarray(slip.function(*inputs, **options))
        assert wrong.shape == right.shape, slip.id
        assert not np.allclose(wrong, right), slip.id


@every_example
def test_an_input_of_numpy_float32_stays_float32(made, inputs, options):
    single = [i.astype(np.float32) if getattr(i, "dtype", None) == np.float64 else i for i in inputs]
    if any(getattr(i, "ndim", 0) for i in single) and made not in metrics.METRICS.values():
        assert made(*single, **options).dtype == np.float32


class Counted:
    """A number that counts how often numbers are multiplied."""

    multiplications = 0

    def __add__(self, other):
        return self

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other):
        Counted.multiplications += 1
        return self

    __rmul__ = __mul__


COUNTABLE = {
    "affine": [(2, 3), (3, 5), (5,)],
    "linear_map": [(2, 3), (3, 5)],
    "affine_dW": [(2, 3), (2, 5)],
    "affine_db": [(2, 5)],
    "affine_dx": [(2, 5), (3, 5)],
    "gradient_descent": [(3, 5), (3, 5), ()],
    "velocity": [(3, 5), (3, 5), ()],
    "momentum_step": [(3, 5), (3, 5)],
    "nesterov_step": [(3, 5), (3, 5), (3, 5), ()],
    "softmax_backward": [(2, 3), (2, 3), (2, 3)],
}


@pytest.mark.parametrize("name", COUNTABLE)
def test_the_multiplications_said_are_those_done(name):
    made, _, *options = next(example for example in EXAMPLES if example[0].name == name)
    shapes = COUNTABLE[name]
    Counted.multiplications = 0
    counted = (np.full(shape, Counted(), dtype=object) for shape in shapes)
    made.function(*counted, **dict(*options))
    assert made.multiplications(*shapes) == Counted.multiplications


def test_exact_numbers_take_the_textbook_form_and_floats_the_stable_one():
    made = Rule("half", lambda x: x / 2, "", stable=lambda x: 0.5 * x + 1)
    assert made(np.array([Fraction(1, 3)])).tolist() == [Fraction(1, 6)]
    assert made(np.array([1.0])).tolist() == [1.5]


def test_a_constant_is_of_the_kind_of_number_that_it_is_made_like():
    assert constant(1, np.array([Fraction(1, 3)])).tolist() == [Fraction(1)]
    assert isinstance(constant(1, np.array([Fraction(1, 3)]))[0], Fraction)
    assert constant(1, np.zeros(2, np.float32)).dtype == np.float32
    assert is_exact(np.array([Fraction(1)]))
    assert not is_exact(np.zeros(2), 3.0, None)


def test_the_decorator_makes_a_rule_with_the_functions_name_and_docstring():
    @rule(tex="<x>^2", multiplications=lambda x: 1)
    def square(x):
        """A square."""
        return x * x

    assert (square.name, square.inputs, square.__doc__) == ("square", ("x",), "A square.")
    assert square.formula({"x": "z_1"}) == "z_1^2"
