"""The topic ``identity``: derivations line by line, every line checked, and claims proven or refuted.

What is given says which: the name of an ``identity``, a claim (``left`` and ``right``), or an
``equation`` whose physics-informed loss is wanted. The proofs need SymPy, which is imported only when
a question asks for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from chainrule.lookup import suggest
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, Scalar, SheetError, Strict, Table, Values, shown
from chainrule.paper.workings import Working

IDENTITIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sigmoid_derivative": ("activations", ()),
    "sigmoid_symmetry": ("activations", ()),
    "sigmoid_inverse": ("activations", ()),
    "tanh_derivative": ("activations", ()),
    "tanh_symmetry": ("activations", ()),
    "tanh_inverse": ("activations", ()),
    "tanh_from_sigmoid": ("activations", ()),
    "softmax_derivative": ("softmax", ("classes",)),
    "softmax_shift": ("softmax", ("classes",)),
    "softmax_of_two": ("softmax", ()),
    "activation_derivative": ("slopes", ("activation",)),
    "softmax_crossentropy": ("crossentropy", ("classes",)),
    "sigmoid_crossentropy": ("crossentropy", ()),
    "backpropagation": ("backpropagation", ("sizes", "activations", "loss")),
    "linear_layers": ("linear_layers", ("sizes",)),
    "weight_decay": ("decay", ("penalty", "w", "gradient", "learning_rate", "strength", "n")),
    "variance": ("statistics", ()),
    "kl_divergence": ("statistics", ()),
    "uniform": ("statistics", ("a", "b")),
    "batch_normalization": ("statistics", ("epsilon",)),
}
"""The file that proves an identity, and what may be given beside its name."""

NEEDED = {
    "activation_derivative": ("activation",),
    "backpropagation": ("sizes",),
    "linear_layers": ("sizes",),
}
CLAIM = ("left", "right", "variable", "derivative", "define", "at")
PHYSICS = (
    "equation",
    "boundary",
    "initial",
    "variables",
    "trial",
    "parameters",
    "points",
    "boundary_points",
    "weights",
    "collocation",
)
MOST_SIZES = 5
KINDS = {"identity": (), "left": CLAIM, "equation": PHYSICS}


def _texts(given: Any) -> Any:
    """A table of formulas in text; numbers count as text."""
    if not isinstance(given, dict):
        raise ValueError(f"expected a table, as {{ x = '1/2' }}; got {type(given).__name__}")
    if wrong := [k for k, v in given.items() if isinstance(v, (dict, list, bool))]:
        raise ValueError(f"expected a formula for {wrong[0]!r}, in text or as a number")
    return {str(k): str(v) for k, v in given.items()}


def _layers(sizes: list[int]) -> list[int]:
    if not 2 <= len(sizes) <= MOST_SIZES:
        found = f"expected 2 to {MOST_SIZES} sizes, of the inputs and of each layer; got {len(sizes)}"
        raise ValueError(found)
    return sizes


def _names(given: Any) -> Any:
    """A name, or a list of names."""
    if not isinstance(given, str) and not (
        isinstance(given, list) and all(isinstance(n, str) for n in given)
    ):
        raise ValueError(f"expected a name of an activation, or a list of names; got {shown(given)}")
    return given


_TEXT = {"anyOf": [{"type": "string"}, {"type": "number"}]}
Formulas = Annotated[
    dict[str, str],
    BeforeValidator(_texts),
    WithJsonSchema({"type": "object", "additionalProperties": _TEXT}),
]
Text = Annotated[
    str,
    BeforeValidator(lambda v: str(v) if not isinstance(v, (dict, list, bool)) else v),
    WithJsonSchema(_TEXT),
]


class Given(Strict):
    """What is given in a question of the topic ``identity``."""

    identity: str | None = Field(None, description="the name of what is to be derived")
    classes: int | None = Field(None, ge=2, le=6, description="how many outputs softmax has")
    activation: Table | None = Field(None, description="its name, or a table with its name and options")
    sizes: Annotated[list[int], AfterValidator(_layers)] | None = Field(
        None, description="inputs, units of each layer, outputs: [2, 3, 1]"
    )
    activations: Annotated[str | list[str], BeforeValidator(_names)] | None = Field(
        None, description="the activation of each layer, or of all; any smooth f if absent"
    )
    loss: Table | None = Field(
        None, description="a name, or a table with its arguments; half the squares if absent"
    )
    penalty: str | None = Field(None, description="lambda/2, lambda or lambda/2n, before the sum of squares")
    w: Scalar | None = None
    gradient: Scalar | None = None
    learning_rate: Scalar | None = None
    strength: Scalar | None = Field(None, description="λ of the penalty")
    n: Scalar | None = Field(None, description="the number of samples in λ/2n")
    a: Scalar | None = None
    b: Scalar | None = None
    epsilon: str | None = Field(None, description="where batch normalization adds ε: root, added or none")

    left: Text | None = Field(None, description="the left side of a claim, a formula in text")
    right: Text | None = Field(None, description="its right side")
    variable: str | None = Field(None, description="the name by which the left side is differentiated")
    derivative: int = Field(0, ge=0, le=4, description="how often the left side is differentiated")
    define: Formulas = Field(default_factory=dict, description="names and the formulas that they stand for")
    at: Formulas = Field(default_factory=dict, description="a point at which both sides are worked")

    equation: str | None = Field(None, description="a differential equation, as u_xx + u_x + u = 0")
    variables: list[str] | None = Field(None, min_length=1, max_length=3)
    boundary: Formulas = Field(default_factory=dict, description="places and values, as '0' = 'y0'")
    initial: Formulas = Field(default_factory=dict, description="as 'u(x, 0)' = 'sin(pi*x)'")
    trial: Text | None = Field(None, description="a formula to try in place of the network")
    parameters: Formulas = Field(default_factory=dict, description="values of names in it")
    points: Values | None = Field(None, description="where the residual is worked")
    boundary_points: Values | None = Field(
        None, description="along a boundary, the places of the other variable"
    )
    weights: Formulas = Field(default_factory=dict, description="of physics, boundary and initial")
    collocation: int | None = Field(None, ge=1, description="how many points there are, where none is given")

    @model_validator(mode="after")
    def _keys_belong_together(self) -> Self:
        given = self.model_fields_set
        kinds = [kind for kind in KINDS if kind in given]
        if len(kinds) != 1:
            found = "none of them" if not kinds else " and ".join(kinds)
            raise ValueError(f"expected one of identity, left (a claim) and equation; got {found}")
        allowed: tuple[str, ...] = KINDS[kinds[0]]
        if self.identity is not None:
            if self.identity not in IDENTITIES:
                raise ValueError(f"unknown identity {self.identity!r}: {suggest(self.identity, IDENTITIES)}")
            allowed = ("identity", *IDENTITIES[self.identity][1])
        if extra := sorted(given - {*allowed}):
            of = f"identity {self.identity!r}" if self.identity else f"a question with {kinds[0]}"
            raise ValueError(f"{extra[0]} does not belong to {of}; expected {', '.join(allowed)}")
        for needed in NEEDED.get(self.identity or "", ()):
            if needed not in given:
                raise ValueError(f"identity {self.identity!r} needs {needed}")
        if self.left is not None and self.right is None:
            raise ValueError("a claim needs right beside left")
        return self


def solve(question: Question) -> Working:
    """Work a derivation, a claim or the loss of an equation.

    Raises SheetError for what cannot be read, ArithmeticError for what cannot be worked.
    """
    given: Given = question.given
    if given.equation is not None:
        physics = import_module(f"{__name__}.physics")
        worked: Page = physics.solve_physics(question)
        return worked.working()
    if question.rounding is not None:
        raise SheetError("rounding: there is nothing to round in a derivation; leave it out")
    page = Page(question.model_copy(update={"closed": True}))
    file = IDENTITIES[given.identity][0] if given.identity else "claims"
    getattr(import_module(f"{__name__}.{file}"), given.identity or "claim")(page, given)
    return page.working()
