"""Events by how often they happened: in a group, and in a table of counts."""

from __future__ import annotations

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

GROUPS = (
    ("students", "girl", "are girls", "passed", "passed", "are girls who passed"),
    ("mails", "spam", "are spam", "link", "contain a link", "are spam with a link"),
    ("pictures", "cat", "show a cat", "indoors", "were taken indoors", "show a cat indoors"),
    ("patients", "ill", "are ill", "positive", "have a positive test", "are ill and have a positive test"),
    ("guests", "coffee", "drink coffee", "cake", "eat cake", "do both"),
    ("reviews", "long", "are long", "friendly", "are friendly", "are both"),
)
"""Of whom, two events, what those do who belong to them, and to both."""
TABLES = (
    ("Students", ("girl", "boy"), ("passed", "failed", "absent")),
    ("Mails", ("spam", "wanted"), ("short", "medium", "long")),
    ("Pictures of pets", ("cat", "dog"), ("indoors", "garden", "street")),
    ("Days", ("rain", "dry"), ("cold", "mild", "hot")),
)


@kind("easy", "medium", "hard")
def group(draw: Draw) -> Drawn:
    """Two properties in a group of which the sizes are given: one of the group is chosen at random."""
    total = draw.by(draw.choice((20, 25, 30, 40, 50, 60)), 10 * draw.integer(6, 20), draw.integer(150, 600))
    both, alone_a, alone_b, _ = draw.shares(4, total)
    of, a, has_a, b, has_b, has_both = draw.choice(GROUPS)
    conditionals = [f"P_{a}_given_{b}", f"P_{b}_given_{a}"]
    more = draw.by([], [f"P_not_{a}", *conditionals], [f"P_not_{a}", f"P_not_{b}", *conditionals])
    asked = draw.by(
        "of both together and of at least one of the two",
        f"of both together, of at least one of the two, and of not being “{a}”. How probable is each of the "
        "two, where the other is known",
        "of both together, of at least one of the two, and of the complements. How probable is each of the "
        "two, where the other is known",
    )
    return {
        "text": f"Of {total} {of}, {both + alone_a} {has_a} and {both + alone_b} {has_b}; {both} {has_both}. "
        f"One of the {total} is chosen at random. Find the probabilities of “{a}” and of “{b}”, {asked}"
        + draw.by(".", "?", "?"),
        "find": [f"P_{a}", f"P_{b}", f"P_{a}_and_{b}", f"P_{a}_or_{b}", *more],
        "given": {"total": total, "events": {a: both + alone_a, b: both + alone_b}, "both": both},
    }


@kind("easy", "medium", "hard")
def table_of_counts(draw: Draw) -> Drawn:
    """A table of counts: marginal, joint and conditional probabilities."""
    of, rows, known = draw.choice(TABLES)
    columns = known[: draw.by(2, 2, 3)]
    total = draw.by(draw.choice((20, 30, 40, 50, 60)), 10 * draw.integer(6, 20), 20 * draw.integer(10, 40))
    counts = draw.shares(len(rows) * len(columns), total)
    joint = [f"P_{row}_and_{column}" for row in rows for column in columns]
    given_rows = [f"P_{column}_given_{row}" for row in rows for column in columns]
    given_columns = [f"P_{row}_given_{column}" for column in columns for row in rows]
    return {
        "text": f"{of} are counted: a row for {said(list(rows))}, a column for {said(list(columns))}. One of "
        f"all {total} is chosen at random. Find the probability of each row and of each column"
        + draw.by(
            ", and of each cell.",
            ", of each cell, and of each column given the row.",
            ", of each cell, of each column given the row, and of each row given the column.",
        ),
        "find": [
            *(f"P_{name}" for name in (*rows, *columns)),
            *joint,
            *draw.by([], given_rows, [*given_rows, *given_columns]),
        ],
        "given": {
            "counts": [counts[: len(columns)], counts[len(columns) :]],
            "rows": list(rows),
            "columns": list(columns),
        },
    }


def _first_cell_decides(working: Working) -> bool:
    """Whether the product that is asked for is the probability of its cell exactly where all of them are."""
    both, product = (
        next(working[name].item() for name in working.names if word in name) for word in ("_and_", "_times_")
    )
    return bool(both == product) == (str(working["independent"].item()) == "yes")


@kind("medium", "hard", suits=_first_cell_decides)
def table_with_verdict(draw: Draw) -> Drawn:
    """A table of counts whose rows and columns may be independent: the product, and the verdict."""
    of, rows, known = draw.choice(TABLES)
    columns = known[: draw.by(2, 2, 3)]
    shares, factors = draw.shares(len(columns), 12), draw.integers(2, 1, draw.by(4, 4, 6))
    first, second = ([factor * share for share in shares] for factor in factors)
    if draw.chance():
        second = draw.shuffled(second)
    row, column = rows[0], columns[0]
    return {
        "text": f"{of} are counted: a row for {said(list(rows))}, a column for {said(list(columns))}. Find "
        f"the probabilities of “{row}”, of “{column}” and of both together, and the product of the first "
        "two. Are the rows and the columns of the table independent?",
        "find": [
            f"P_{row}",
            f"P_{column}",
            f"P_{row}_and_{column}",
            f"P_{row}_times_P_{column}",
            "independent",
        ],
        "given": {"counts": [first, second], "rows": list(rows), "columns": list(columns)},
    }
