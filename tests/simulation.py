"""Students who make one slip and go on rightly from it, rounding every step; how they are marked."""

from collections import Counter

import numpy as np

from chainrule.marking.answers import parse_answers
from chainrule.marking.candidates import candidates
from chainrule.marking.chains import Chain
from chainrule.marking.question import mark_question
from chainrule.paper.numbers import Number
from chainrule.paper.tape import rounding

DECIMALS = 4
LARGEST = 60
"""Numbers of a quantity; larger ones are left out, as nobody writes them down."""
FINISH = rounding(DECIMALS)


def written(value):
    """A value as a student writes it: nested lists, whole numbers as such, others with four decimals."""
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    number = value if isinstance(value, Number) else Number(int(value))
    is_whole = number.exact is not None and number.exact.q == 1 and number.exact != 0
    return str(number.exact) if is_whole else f"{float(number):.{DECIMALS}f}"


def answered(working, names, chain):
    """The answers of a student whose values these are; None where some cannot be worked."""
    lines = ["[q]"]
    for name in names:
        value = chain.value(name)
        if value is None:
            return None
        value = np.asarray(value, dtype=object)
        if working.columns and value.ndim <= 2:
            value = value.reshape(-1, 1) if value.ndim == 1 else value.T
        lines.append(f'"{name}" = {written(value.tolist())}')
    return "\n".join(lines)


def steps(working):
    """The names of all steps on the page; None where they are no numbers, or too many to be written down."""
    names = [name for name in working.names if working.tape[name].step is not None]
    values = [working.tape[name].value for name in names]
    are_numbers = all(isinstance(v, Number | int | np.integer) for value in values for v in value.flat)
    return names if are_numbers and all(value.size <= LARGEST for value in values) else None


def marked(working, text):
    return mark_question(working, parse_answers(text).questions["q"])


class Simulation:
    """Counts of what became of the sheets, and what went otherwise than it should."""

    def __init__(self):
        self.counts, self.others = Counter(), []
        self.tried = Counter()

    def right_sheet(self, working, names):
        """A sheet without mistakes, each step rounded; its text, or None where it cannot be worked."""
        text = answered(working, names, Chain(working.tape, {}, FINISH))
        if text is None:
            return None
        self.counts["right sheets"] += 1
        wrong = [answer.name for answer in marked(working, text).answers if answer.verdict == "wrong"]
        self.others += [f"{working.name}: {name} is right" for name in wrong]
        self.counts["right marked wrong"] += bool(wrong)
        return text

    def slips(self, working, names, right, most=None):
        """A sheet for each slip in each step; of a slip of a rule at most so many in all."""
        for name in names:
            rule = working.tape[name].step.rule
            if most is not None and all(self.tried[rule.name, slip.id] >= most for slip in rule.slips):
                continue
            for slip in candidates(Chain(working.tape, {}, FINISH), name):
                known = (rule.name, slip.id)
                if most is None or self.tried[known] < most:
                    self.tried[known] += self.slip(working, names, right, slip)

    def slip(self, working, names, right, slip):
        """One slip, followed through; False where it makes no difference."""
        at = working.tape[slip.at]
        text = answered(working, names, Chain(working.tape, {slip.at: slip.value}, FINISH))
        if text is None or text == right or slip.value.shape != at.value.shape:
            return False
        found = marked(working, text)
        first, said = found.first_wrong, f"{working.name}: {slip.id} in {slip.at} ({at.step.rule.name})"
        if first is None and at.step.rule.same:
            return False  # another basis of the same span, or the values in another order
        self.counts["slips"] += 1
        if first is None or first.name != slip.at:
            self.others.append(f"{said} is found in {first and first.name}")
            return True
        self.counts["found"] += 1
        if slip.id in (first.slip or "").split("|"):
            self.counts["named"] += 1
        else:
            self.others.append(f"{said} is called {first.slip}")
        after = [answer.verdict for answer in found.answers if answer is not first]
        self.counts["later"] += len(after)
        self.counts["followed"] += sum(verdict != "wrong" for verdict in after)
        if "wrong" in after:
            self.others.append(f"{said}: what comes after does not follow")
        return True
