"""Questions about counts: how often the weights are updated in so many epochs."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

ROWS = ("images of digits", "mails", "reviews", "photographs of animals", "measurements")


def _last_is_smaller(working: Working) -> bool:
    return bool(working["last_batch"][()] != working.tape["batch_size"].value[()])


@kind("easy", "medium", suits=_last_is_smaller)
def batches_of_a_size(draw: Draw) -> Drawn:
    """Rows that do not divide: the last batch is smaller."""
    rows = draw.by(10 * draw.integer(10, 99), draw.integer(200, 999), 0)
    size = draw.choice(draw.by((16, 20, 30, 32, 40, 50, 60, 64), (16, 24, 25, 32, 48, 50, 64, 128), ()))
    epochs = draw.integer(2, draw.by(10, 40, 0))
    return {
        "text": f"A network is trained with {rows} {draw.choice(ROWS)} in mini-batches of {size}; the last "
        f"batch of an epoch has what is left. How many batches has an epoch, how many rows has the last one, "
        f"and how often are the weights updated in {epochs} epochs?",
        "find": ["batches", "last_batch", "updates"],
        "given": {"rows": rows, "batch_size": size, "epochs": epochs},
    }


@kind("easy")
def batches_of_a_number(draw: Draw) -> Drawn:
    """Rows shared out to so many batches of the same size."""
    batches, size = draw.integer(2, 25), draw.choice((10, 20, 30, 40, 50))
    epochs = draw.integer(2, 12)
    return {
        "text": f"{batches * size} {draw.choice(ROWS)} are shared out to {batches} mini-batches of the same "
        f"size. How many rows has a batch, and how often are the weights updated in {epochs} epochs?",
        "find": ["batch_size", "updates"],
        "given": {"rows": batches * size, "batches": batches, "epochs": epochs},
    }


@kind("easy")
def all_rows_or_one(draw: Draw) -> Drawn:
    """Batch descent takes all rows for an update, stochastic descent one."""
    descent, means = draw.choice((("batch", "all rows"), ("stochastic", "a single row")))
    rows, epochs = 10 * draw.integer(2, 99), draw.integer(2, 20)
    return {
        "text": f"A network is trained with {rows} {draw.choice(ROWS)} by {descent} gradient descent, which "
        f"takes {means} for each update. How often are the weights updated in {epochs} epochs?",
        "find": ["updates"],
        "given": {"rows": rows, "epochs": epochs, "descent": descent},
    }
