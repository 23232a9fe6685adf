"""Whatever is put in place of what a question gives, it is worked or refused in one line, soon."""

import copy
import random
import signal
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from chainrule.paper.sheet import parse_toml, read_sheet
from chainrule.paper.solving import solve_sheet

FOLDER = Path(__file__).parent.parent / "worksheets"
QUESTIONS = [
    pytest.param(question, id=f"{path.stem}-{question['id']}")
    for path in sorted(FOLDER.glob("*.toml"))
    for question in parse_toml(path.read_text(encoding="utf-8"))["question"]
]
SECONDS = 20
MUTANTS = 20

STRANGE = [
    *(0, -1, 1, 2, 7, 10**9, 10**400, Decimal("-0.5"), Decimal("1e-300"), Decimal("1e300"), Decimal("0.1")),
    *("", "w", "0", "-1", "1/0", "√2", "x^2", "exp(exp(9))", "nan", "$\\input{x}$", "né", "a" * 300, "same"),
    *(True, False, [], {}, [[]], [0], [[0]], [[1, 2], [3]], [[[1]]], [1] * 300, [[1, 2], [3, 4]], ["w", 1]),
    *({"name": "x"}, {"name": "sgd"}, [{"layer": "Dense"}], [["a", "b"]]),
]


def places(value, path=()):
    """Every place in nested tables and lists."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def mutated(question, chance):
    """The question with something in what it gives replaced, removed, doubled or added."""
    made = copy.deepcopy(question)
    path = chance.choice([p for p in places(made["given"]) if p] or [()])
    if not path:
        made["given"] = chance.choice(STRANGE)
        return made
    holder = made["given"]
    for key in path[:-1]:
        holder = holder[key]
    key = path[-1]
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case 2 if isinstance(holder[key], int):
            holder[key] += chance.choice([-1, 1, 10])
        case _:
            holder[key] = copy.deepcopy(chance.choice(STRANGE))
    return made


class TooSlowError(Exception):
    pass


@contextmanager
def within(seconds):
    def stop(*_):
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_spoilt_question_is_worked_or_refused(question):
    chance = random.Random(question["id"])
    for _ in range(MUTANTS):
        spoilt = mutated(question, chance)
        try:
            with within(SECONDS):
                str(solve_sheet(read_sheet({"question": [spoilt]})))
        except (ValueError, ArithmeticError) as error:
            said = str(error)
            assert said.startswith("question"), said
            assert len(said) < 1000, said
        except Exception as error:
            error.add_note(f"given: {spoilt['given']}")
            raise
