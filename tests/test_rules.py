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
from chainrule.rules.activations.activation import Activation
from chainrule.rules.arrays import constant, is_exact
from chainrule.rules.linear_algebra import spaces
from chainrule.rules.metrics import confusion, training
from chainrule.rules.rule import Name, Rule, rule
from rule_examples import EXAMPLES


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


COUNTS = (
    *training.METRICS.values(),
    confusion.confusion_matrix,
    spaces.rank,
    spaces.null_space,
)
"""They give whole numbers, or what makes them whole, whatever they take."""
MODULES = [
    importlib.import_module(m.name)
    for m in pkgutil.walk_packages(chainrule.rules.__path__, "chainrule.rules.")
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
        also = [np.array(0.7) for _ in slip.also]
        wrong = np.asarray(slip.function(*inputs, *also, **options))
        assert wrong.shape == right.shape, slip.id
        assert not np.allclose(wrong.astype(float), right.astype(float)), slip.id


@every_example
def test_an_input_of_numpy_float32_stays_float32(made, inputs, options):
    single = [i.astype(np.float32) if getattr(i, "dtype", None) == np.float64 else i for i in inputs]
    if any(getattr(i, "ndim", 0) for i in single) and made not in COUNTS:
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
