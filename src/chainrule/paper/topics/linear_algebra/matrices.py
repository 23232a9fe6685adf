"""What elimination says of a matrix: rank, column space, null space, determinant; and the product."""

from __future__ import annotations

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.linear_algebra.tex import (
    determinant_tex,
    equations_tex,
    expansion_tex,
    matrix_tex,
    operation_tex,
    value_tex,
)
from chainrule.rules.linear_algebra import determinants, elimination, products, spaces
from chainrule.rules.linear_algebra.elimination import RowOperation

LARGEST_EXPANDED = 3
"""Rows of a determinant that is expanded; a larger one of numbers is worked by elimination."""
LARGEST_SYMBOLIC = 4
MOST_OPERATIONS = 40
"""Operations that a table lists; of more, the first ones."""


def multiply(page: Page) -> None:
    """The product A B."""
    A, B = page["A"], page["B"]
    if A.shape[1] != B.shape[0]:
        raise SheetError(
            f"given.B: {shape_of(B)}; A has {shape_of(A)}, and A B needs as many rows in B as columns in A"
        )
    page.part("product", "Product")
    page.remark(
        f"Rows of $A$ times columns of $B$: ${A.shape[0]} \\times {A.shape[1]}$ times "
        f"${B.shape[0]} \\times {B.shape[1]}$ gives ${A.shape[0]} \\times {B.shape[1]}$."
    )
    page.work("C", products.product, "A", "B")


def ranks_and_spaces(page: Page) -> None:
    """Rank, column space and null space by row reduction."""
    m, n = page["A"].shape
    page.part("rank", "Row reduction and rank")
    forward = elimination.forward_elimination(page["A"])
    _operations(page, "To row echelon form", forward)
    page.work("U", elimination.row_echelon_form, "A")
    places = elimination.pivots(page["U"])
    where = "; ".join(f"row {i + 1}, column {j + 1}" for i, j in places)
    page.remark(f"Pivots: {where}." if places else "There is no pivot: all entries are 0.")
    page.work("rank", spaces.rank, "U", symbol=r"\text{rank}(A)")
    if len(places) == min(m, n):
        page.remark("No matrix of this size has more: $A$ has full rank.")
    page.part("column_space", "Column space")
    _reminded(page)
    page.work("column_space", spaces.column_space, "A", "U", symbol=r"C(A)")
    page.remark(_spanned(page["column_space"], [f"c_{{{k + 1}}}" for k in range(n)], "column space", m))
    page.part("null_space", "Null space")
    page.remark("The null space holds the solutions of $A x = 0$. Row reduction goes on from $U$.")
    _reminded(page)
    _operations(page, "To reduced row echelon form", elimination.backward_elimination(page["U"]))
    page.work("R", elimination.reduced_row_echelon_form, "U")
    solved(page, "R")
    page.work("nullity", spaces.nullity, "rank", columns=n, symbol=r"\text{nullity}(A)")
    page.work("null_space", spaces.null_space, "R", symbol="N(A)")
    page.remark(_spanned(page["null_space"], [f"c_{{{k + 1}}}" for k in range(n)], "null space", n))


def _reminded(page: Page) -> None:
    """Show U again, where the part that works it is not asked for."""
    if page.question.find is not None and "rank" not in page.question.find:
        page.show("U")


def determine(page: Page) -> None:
    """The determinant: expanded where that is short, else by elimination."""
    A = page["A"]
    n = A.shape[0]
    numbers = all(isinstance(v, Number) for v in A.flat)
    page.part("determinant", "Determinant")
    if n > LARGEST_EXPANDED and numbers:
        forward = elimination.forward_elimination(A)
        swaps = sum(operation.kind == "swap" for operation in forward)
        page.remark("Subtracting a row from another leaves the determinant as it is; a swap turns its sign.")
        if "U" not in page.tape.quantities:
            _operations(page, "To row echelon form", forward)
            page.work("U", elimination.row_echelon_form, "A")
        page.work("determinant", determinants.pivot_product, "U", swaps=swaps, symbol=r"\det A")
    else:
        entries = [[value_tex(v) for v in row] for row in A]
        if 2 <= n <= LARGEST_EXPANDED:
            links = [(determinant_tex(entries), ""), (expansion_tex(entries), "expanded along the first row")]
            page.chain(r"\det A", *links)
        page.work("determinant", determinants.determinant, "A", symbol=r"\det A")
    if numbers and getattr(page["determinant"][()], "exact", None) is not None:
        zero = page["determinant"][()] == 0
        page.remark(
            r"$\det A = 0$: $A$ is singular, it has no inverse."
            if zero
            else r"$\det A \ne 0$: $A$ has an inverse."
        )


def reduce_for_null_space(page: Page, of: str, number: int) -> None:
    """Row reduction of A - λI, quantity ``of``, in a table; its reduced form is the quantity R1, R2, …"""
    operations = elimination.forward_elimination(page[of])
    U = operations[-1].after if operations else page[of]
    operations += elimination.backward_elimination(U)
    _operations(page, "Row reduction", operations)
    page.work(f"R{number}", elimination.reduced_row_echelon_form, of, shown=False)


def solved(page: Page, name: str) -> None:
    """A sentence: which unknowns are free in R x = 0, and what the others are by them."""
    R = page[name]
    bound = elimination.pivots(R)
    free = [j for j in range(R.shape[1]) if j not in [column for _, column in bound]]
    if not free:
        page.remark("Every column has a pivot, so no unknown is free: $x = 0$ alone.")
        return
    said = r", \quad ".join(equations_tex(R, bound))
    names = ", ".join(f"$x_{{{j + 1}}}$" for j in free)
    word = "is free" if len(free) == 1 else "are free"
    page.remark(f"{names} {word}" + (f"; the rows say ${said}$." if said else "."))


def _spanned(space: np.ndarray, letters: list[str], word: str, dimension: int) -> str:
    """A sentence: all combinations of the columns."""
    columns = [matrix_tex(column.reshape(-1, 1)) for column in space.T]
    if all(v == 0 for v in space.flat):
        return f"The {word} is the zero vector alone."
    terms = " + ".join(
        f"{letter if len(columns) > 1 else 'c'} {column}"
        for letter, column in zip(letters, columns, strict=False)
    )
    line = {1: "a line", 2: "a plane"}.get(len(columns), f"of dimension {len(columns)}")
    whole = " (all of the space)" if len(columns) == dimension else f" ({line})" if dimension > 1 else ""
    return f"The {word}{whole}: ${terms}$, with any numbers $c$."


def _operations(page: Page, title: str, operations: list[RowOperation]) -> None:
    if not operations:
        return
    rows = [(f"${operation_tex(o)}$", f"${matrix_tex(o.after)}$") for o in operations[:MOST_OPERATIONS]]
    if len(operations) > MOST_OPERATIONS:
        rows.append((f"… and {len(operations) - MOST_OPERATIONS} more, likewise", ""))
    page.table(title, ("operation", "matrix after it"), rows)


def shape_of(A: np.ndarray) -> str:
    """Rows and columns in words."""
    rows, columns = A.shape
    return f"{rows} {'row' if rows == 1 else 'rows'} and {columns} {'column' if columns == 1 else 'columns'}"
