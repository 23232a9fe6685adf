"""A trained network asked for 10,000 rows in one call."""

from __future__ import annotations

from measuring import Case

from cases.one_row import contestants

CASE = Case("10,000 rows through 784-128-10", "call", contestants(10_000, 10), tolerance=0.001)
