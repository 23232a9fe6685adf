"""What the tests of derivations share: questions, and formulas as SymPy has them."""

import json
from pathlib import Path

import numpy as np
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.solving import solve
from chainrule.paper.workings import Chain

SHEETS = Path(__file__).parent.parent / "worksheets"
Z, X, Y, P, Q = sympy.symbols("z x y p q", real=True)
SIGMOID = 1 / (1 + sympy.exp(-Z))


def worked(**given):
    """The working of one question."""
    convention = given.pop("convention", "rows")
    find = given.pop("find", None)
    lines = [f"{key} = {toml(value)}" for key, value in given.items()]
    found = f"find = {toml(find)}\n" if find else ""
    head = (
        f'[[question]]\nid = "q"\ntopic = "identity"\nconvention = "{convention}"\n{found}[question.given]\n'
    )
    return solve(head + "\n".join(lines))["q"]


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def chains(working):
    return [item for part in working.parts for item in part.items if isinstance(item, Chain)]


def formula(value):
    return Formula(np.asarray(value, dtype=object).item()).expression


def same(left, right):
    """SymPy's own simplification, which the topic does not use."""
    return sympy.simplify(left - right) == 0
