"""Questions of a kind such as would be handed out, their answers, and slopes by differences."""

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import kinds
from chainrule.exercises.promises import PROMISES, broken
from chainrule.paper.sheet import read_sheet
from chainrule.paper.solving import solve_sheet


class Topic:
    """The kinds of a topic, and questions of each."""

    def __init__(self, name):
        self.name = name
        self.kinds = {kind.name: kind for kind in kinds(name)}
        self.levels = [(kind.name, level) for kind in self.kinds.values() for level in kind.difficulties]

    def questions(self, name, difficulty, count=5):
        """The first questions of a kind that keep the promise and suit: their tables and workings."""
        kind, found = self.kinds[name], []
        for seed in range(20 * count):
            table = kind.draw(Draw(f"{name} {seed}", difficulty))
            question = {"id": "q", "topic": self.name, **table}
            working = solve_sheet(read_sheet({"question": [question]})).workings[0]
            if not broken(working, PROMISES[difficulty]) and kind.suits(working):
                found.append((table, working))
            if len(found) == count:
                return found
        raise AssertionError(f"{name}: {len(found)} of {count} questions in {20 * count} draws")

    def each(self, name, count=6):
        """Questions of every difficulty of a kind."""
        return [
            made for level in self.kinds[name].difficulties for made in self.questions(name, level, count)
        ]

    def wide(self, difficulty, draws=80):
        """How many kinds give next to no question twice: among 10,000 alike ones a pair in 80 is rare."""
        drawn = [kind for kind in self.kinds.values() if difficulty in kind.difficulties]
        sets = [{str(kind.draw(Draw(f"{i}", difficulty))["given"]) for i in range(draws)} for kind in drawn]
        return sum(len(each) >= draws - 1 for each in sets)


def answers(working):
    """Every quantity of the tape as floats, with samples in rows."""
    return {
        name: np.array(quantity.value, dtype=object).astype(float)
        for name, quantity in working.tape.quantities.items()
    }


def asks_for_quantities_in_plain_text(table, working):
    """Whether a question asks for quantities, not parts, in a text without TeX that ends as one."""
    asks = all(name in working.tape.quantities for name in table["find"])
    is_plain = not set("$\\{}") & set(table["text"])
    return asks and is_plain and table["text"].endswith((".", "?", ")"))


def slope(function, at, step=1e-6):
    """The gradient of a function of an array by central differences."""
    at, found = np.array(at, float), np.zeros(np.shape(at))
    for place in np.ndindex(*found.shape):
        ahead, behind = at.copy(), at.copy()
        ahead[place] += step
        behind[place] -= step
        found[place] = (function(ahead) - function(behind)) / (2 * step)
    return found
