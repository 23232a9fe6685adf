"""Vectors: lengths, dot products, cosine similarity."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

WHOLE = ((3, 4), (6, 8), (1, 2, 2), (2, 3, 6), (2, 4, 4))
"""Vectors of whole length."""
SITUATIONS = (
    "Each vector stands for a word in a small embedding.",
    "Each vector counts some words in a text.",
    "Each vector has the ratings that a person gives.",
    "Each vector has the features of a picture.",
)


def _is_no_limit(working: Working) -> bool:
    """Whether no cosine is 0, 1 or -1."""
    return all(q.value.item() not in (0, 1, -1) for q in working.quantities if q.name.startswith("cosine"))


@kind("easy", "medium", "hard", suits=_is_no_limit)
def cosine_similarity(draw: Draw) -> Drawn:
    """The cosine similarity of two vectors, or of each pair of three."""
    names = draw.by(("a", "b"), ("a", "b"), ("a", "b", "c"))
    pairs = [f"{a}_{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    vectors: list[list[int | Decimal]]
    if draw.difficulty == "easy":
        size = draw.choice((2, 3))
        whole = [vector for vector in WHOLE if len(vector) == size]
        vectors = [[n * draw.choice((1, 1, -1)) for n in draw.shuffled(draw.choice(whole))] for _ in names]
    else:
        size = draw.by(3, 4, 3)
        vectors = [
            draw.decimals(size, *draw.by((-1, 1), (-0.9, 1.5), (-1, 2)), "0.1", zero=False) for _ in names
        ]
    story = draw.choice(SITUATIONS[:1] if any(v < 0 for each in vectors for v in each) else SITUATIONS)
    every = "all three pairs" if len(names) == 3 else "the two"
    return {
        "text": f"{story} How similar are they? Find the lengths, the dot product and the cosine similarity "
        f"of {every}.",
        "find": [
            *(f"norm_{n}" for n in names),
            *(f"dot_{p}" for p in pairs),
            *(f"cosine_{p}" for p in pairs),
        ],
        "given": {"vectors": dict(zip(names, vectors, strict=True))},
    }
