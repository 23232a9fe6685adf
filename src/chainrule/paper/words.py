"""Answers that are words, "linearly separable" or "no", beside the numbers of a working."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A value that is said in a word or two; it stands where a Number or a formula would.

    >>> Word("yes"), Word("yes").tex
    (yes, '\\\\text{yes}')
    """

    text: str

    is_number = False

    @property
    def tex(self) -> str:
        return text_tex(self.text)

    def tidy(self) -> Word:
        """Itself: a word has no shorter form."""
        return self

    def check_size(self) -> None:
        """A word can always be written out."""

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def text_tex(text: str) -> str:
    r"""Words of a worksheet inside a formula, of which TeX obeys none.

    >>> text_tex("not spam"), text_tex("a_b{$")
    ('\\text{not spam}', '\\text{a b  }')

    An angle bracket is a sign of the formula, so that in a page it can begin no element:

    >>> text_tex("x < 3")
    '\\text{x }<\\text{ 3}'
    """
    parts = re.split("([<>])", _OTHER.sub(" ", text))
    return "".join(part if part in "<>" else rf"\text{{{part}}}" for part in parts if part) or r"\text{}"


_OTHER = re.compile(r"[^\w .,:;()+=<>≤≥≠/×−-]|_")
