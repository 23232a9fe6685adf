"""What the tests of linear algebra share: questions, drawn matrices, values for other libraries."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from chainrule.paper.solving import solve

FOLDER = Path(__file__).parent.parent / "worksheets"
SHEET = FOLDER / "01-linear-algebra.toml"
ANSWERS = FOLDER / "answers" / SHEET.name
SOLVED = solve(SHEET)
exactly = settings(derandomize=True, deadline=None, max_examples=60)


def worked(given, **question):
    """The working of one question; ``given`` is the TOML of what is given."""
    keys = "\n".join(f"{key} = {value}" for key, value in question.items())
    sheet = f'[[question]]\nid = "q"\ntopic = "linear_algebra"\n{keys}\n[question.given]\n{given}\n'
    return solve(sheet)["q"]


def of_matrix(A, **question):
    return worked(f"A = {[[str(v) for v in row] for row in A]}", **question)


def fractions(array):
    return [[Fraction(str(v)) for v in row] for row in np.atleast_2d(array)]


def floats(array):
    return np.asarray(array, dtype=object).astype(float)


def text_of(working):
    return " ".join(str(working).split())


WHOLE = st.integers(-4, 4)
FEW = st.integers(1, 4)


def matrices(rows=FEW, columns=FEW):
    sizes = st.tuples(rows, columns)
    return sizes.flatmap(
        lambda s: st.lists(st.lists(WHOLE, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


def squares(largest=4):
    return st.integers(1, largest).flatmap(lambda n: matrices(st.just(n), st.just(n)))
