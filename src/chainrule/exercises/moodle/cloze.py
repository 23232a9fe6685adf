"""Moodle's Embedded answers, or Cloze: a box in a text, written ``{1:NUMERICAL:=0.333:0.0005#…}``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup


@dataclass(frozen=True)
class Choice:
    """What may be answered in a box: how near to it an answer must be, if it is right, what is then said."""

    answer: str
    is_right: bool
    tolerance: str = ""
    feedback: Markup | None = None


@dataclass(frozen=True)
class Box:
    """A box to be filled in; of its choices, the first that an answer fits counts."""

    kind: Literal["NUMERICAL", "SHORTANSWER"]
    choices: tuple[Choice, ...]

    def cloze(self, weight: int) -> Markup:
        """The box as Moodle reads it, with the weight of its mark among those of the question.

        Source: moodle, question/type/multianswer/questiontype.php, ``ANSWER_REGEX``.

        >>> third = Choice("0.333", True, "0.0005"), Choice("3", False, "0", Markup("turned over"))
        >>> Box("NUMERICAL", third).cloze(2)
        Markup('{2:NUMERICAL:=0.333:0.0005~%0%3:0#turned over}')
        """
        return Markup(
            f"{{{weight}:{self.kind}:{'~'.join(self._written(choice) for choice in self.choices)}}}"
        )

    def _written(self, choice: Choice) -> str:
        if self.kind == "NUMERICAL":
            answer = f"{choice.answer}:{choice.tolerance}"
        else:
            answer = _shielded(choice.answer.replace("*", r"\*"))  # else it stands for any text
        fraction = "=" if choice.is_right else "%0%"
        feedback = f"#{_shielded(choice.feedback)}" if choice.feedback is not None else ""
        return f"{fraction}{answer}{feedback}"


def _shielded(text: str) -> str:
    """Text in which nothing ends a choice or a box; Moodle turns the entities back, once."""
    return re.sub(r'[&~#{}\\"<>]', lambda found: f"&#{ord(found[0])};", str(text))
