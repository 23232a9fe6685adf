"""The roots of a polynomial with rational coefficients: exact, in closed form or enclosed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpq_poly

from chainrule.paper.numbers import Number


@dataclass(frozen=True, eq=False)
class Factor:
    """An irreducible factor of a polynomial, its highest coefficient 1, and how often it is in it."""

    polynomial: fmpq_poly
    times: int

    @property
    def degree(self) -> int:
        return int(self.polynomial.degree())

    @property
    def coefficients(self) -> list[Number]:
        """The highest power first."""
        return [Number(c) for c in reversed(self.polynomial.coeffs())]

    @property
    def discriminant(self) -> Number:
        """Of a quadratic factor, b² - 4c."""
        _, b, c = self.coefficients
        return b * b - 4 * c


@dataclass(frozen=True, eq=False)
class Root:
    """A root, as real and imaginary part; a Number each, or a Formula where it has a square root in it."""

    real: Any
    imaginary: Any
    factor: Factor

    @property
    def is_real(self) -> bool:
        return getattr(self.imaginary, "exact", None) == 0


def polynomial(coefficients: Sequence[Number]) -> fmpq_poly:
    """A polynomial of rational coefficients, the highest power first."""
    return fmpq_poly([fmpq(*c.as_integer_ratio()) for c in reversed(coefficients)])


def factors(coefficients: Sequence[Number]) -> list[Factor]:
    """The irreducible factors over the rationals, those of the lowest degree first.

    >>> from chainrule.paper.numbers import numbers
    >>> [(f.coefficients, f.times) for f in factors(numbers([1, -1, 0, 0]))]
    [([1, -1], 1), ([1, 0], 2)]
    """
    _, found = polynomial(coefficients).factor()
    made = [Factor(p / p.leading_coefficient(), int(times)) for p, times in found]
    return sorted(made, key=lambda f: (f.degree, [fmpq(c) for c in f.polynomial.coeffs()]))


def roots(found: Sequence[Factor], closed: bool = True) -> list[Root]:
    """The distinct roots of the factors: the real ones, the largest first, then pairs of complex ones.

    ``closed`` gives square roots as formulas, otherwise as numbers that are enclosed.

    >>> from chainrule.paper.numbers import numbers
    >>> [(r.real, r.imaginary) for r in roots(factors(numbers([1, -2, 5])))]
    [(1, 2), (1, -2)]
    """
    every = [root for factor in found for root in _of(factor, closed)]
    return [*_in_order([r for r in every if r.is_real]), *(r for r in every if not r.is_real)]


def _in_order(real: list[Root]) -> list[Root]:
    """The largest first, by comparisons that are proven: floats of close roots may be the same."""
    for i in range(1, len(real)):
        while i and _number(real[i]) > _number(real[i - 1]):
            real[i - 1], real[i], i = real[i], real[i - 1], i - 1
    return real


def _number(root: Root) -> Number:
    return root.real if isinstance(root.real, Number) else root.real.number()


def _of(factor: Factor, closed: bool) -> list[Root]:
    if factor.degree == 1:
        return [Root(-factor.coefficients[1], Number(0), factor)]
    if factor.degree == 2:
        return _of_quadratic(factor, closed)
    return _enclosed(factor)


def _of_quadratic(factor: Factor, closed: bool) -> list[Root]:
    _, b, _ = factor.coefficients
    middle, discriminant = -b / 2, factor.discriminant
    distance = _root(abs(discriminant), closed) / 2
    if discriminant < 0:
        return [Root(middle, distance, factor), Root(middle, -distance, factor)]
    return [Root(middle + distance, Number(0), factor), Root(middle - distance, Number(0), factor)]


def _root(value: Number, closed: bool) -> Any:
    root = value.sqrt()
    if root.exact is None and closed:
        from chainrule.paper.formulas import Formula

        return Formula(value).sqrt()
    return root


def _enclosed(factor: Factor) -> list[Root]:
    """Roots without a short closed form, each by the ball that holds it alone."""
    p = factor.polynomial
    with ctx.workprec(_PRECISION):
        balls = _balls(p, _PRECISION)
    made = []
    for ball in balls:
        if ball.imag == 0:
            made.append(Root(Number.enclosed(partial(_part, p, ball, "real")), Number(0), factor))
            continue
        middle = _middle(p, ball, balls)
        real = Number(middle) if middle is not None else Number.enclosed(partial(_part, p, ball, "real"))
        made.append(Root(real, Number.enclosed(partial(_part, p, ball, "imag")), factor))
    return made


_PRECISION = 128


@lru_cache(maxsize=256)
def _balls_of(coefficients: tuple[fmpq, ...], precision: int) -> tuple[acb, ...]:
    found: Any = fmpq_poly(list(coefficients)).complex_roots()
    return tuple(root for root, _ in found)


def _balls(p: fmpq_poly, precision: int) -> tuple[acb, ...]:
    return _balls_of(tuple(p.coeffs()), precision)


def _part(p: fmpq_poly, first: acb, part: str) -> arb:
    """Real or imaginary part of the root in the first ball, at the precision that is set now."""
    near = [ball for ball in _balls(p, ctx.prec) if ball.overlaps(first)]
    return getattr(near[0], part) if len(near) == 1 else arb("nan")


def _middle(p: fmpq_poly, ball: acb, balls: tuple[acb, ...]) -> fmpq | None:
    """The real part, where that is the mean of all roots: the roots then mirror there.

    Such a real part could never be told from its neighbours by balls.
    """
    n = int(p.degree())
    mean = -p.coeffs()[-2] / n
    mirrored = p(fmpq_poly([2 * mean, -1]))
    if mirrored not in (p, -p):
        return None
    reflected = acb(2 * mean - ball.real, ball.imag)
    near = [other for other in balls if other.overlaps(reflected)]
    return mean if len(near) == 1 and near[0].overlaps(ball) else None


def _inverse(element: fmpq_poly, p: fmpq_poly) -> fmpq_poly:
    """1 / element among the polynomials modulo p, where that is irreducible."""
    common, inverse, _ = element.xgcd(p)
    return (inverse / common.coeffs()[0]) % p


def eigenspace(A: Sequence[Sequence[fmpq]], p: fmpq_poly) -> list[list[list[Number]]]:
    """The null space of A - λI, exactly, where λ is any root of the irreducible polynomial p.

    A list of vectors; an entry is a polynomial in λ, as its coefficients, the lowest power first.
    Elimination is in the field of the rationals with λ, so no root is ever rounded.

    >>> from chainrule.paper.numbers import numbers
    >>> eigenspace([[fmpq(1), fmpq(2)], [fmpq(1), fmpq(1)]], fmpq_poly([-1, -2, 1]))
    [[[-1, 1], [1, 0]]]
    """
    n, unknown = len(A), fmpq_poly([0, 1])
    M = [[(fmpq_poly([A[i][j]]) - (unknown if i == j else 0)) % p for j in range(n)] for i in range(n)]
    bound: list[int] = []
    for column in range(n):
        done = len(bound)
        found = next((i for i in range(done, n) if not M[i][column].is_zero()), None)
        if found is None:
            continue
        M[done], M[found] = M[found], M[done]
        inverse = _inverse(M[done][column], p)
        M[done] = [(entry * inverse) % p for entry in M[done]]
        for i in range(n):
            if i != done and not M[i][column].is_zero():
                factor = M[i][column]
                M[i] = [(a - factor * b) % p for a, b in zip(M[i], M[done], strict=True)]
        bound.append(column)
    vectors = []
    for free in (j for j in range(n) if j not in bound):
        x = [fmpq_poly([0]) for _ in range(n)]
        x[free] = fmpq_poly([1])
        for row, column in enumerate(bound):
            x[column] = -M[row][free]
        vectors.append([_powers(entry, int(p.degree())) for entry in x])
    return vectors


def _powers(entry: fmpq_poly, count: int) -> list[Number]:
    coefficients = [Number(c) for c in entry.coeffs()]
    return coefficients + [Number(0)] * (count - len(coefficients))
