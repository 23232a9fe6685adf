"""What is given in a question of the topic ``metrics``, and which kind of question it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from chainrule.paper.sheet import Strict, Vector, shown

MOST_SAMPLES = 1000
MOST_CLASSES = 20
_COUNTS = ("tp", "fp", "fn", "tn")
_KINDS = {
    "counts": set(_COUNTS),
    "matrix": {"matrix", "rows", "classes", "positive"},
    "labels": {"actual", "predicted", "rows", "classes", "positive"},
    "roc": {"actual", "scores", "positive"},
    "regression": {"y", "yhat"},
}


def _label(raw: Any) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, (int, str)) or raw == "":
        raise ValueError(f"expected the name of a class, text or a whole number; got {shown(raw)}")
    return raw


Label = Annotated[
    Any, BeforeValidator(_label), WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]})
]
Count = Annotated[int, Field(ge=0, le=10**15)]
Labels = Annotated[list[Label], Field(min_length=1, max_length=MOST_SAMPLES)]


class Given(Strict):
    """What is given in a question of the topic ``metrics``."""

    actual: Labels | None = Field(None, description="the true classes, one per sample")
    predicted: Labels | None = Field(None, description="the predicted classes, one per sample")
    scores: Vector | None = Field(None, description="scores of the positive class, for the ROC curve")
    matrix: list[list[Count]] | None = Field(None, min_length=2, max_length=MOST_CLASSES)
    rows: Literal["true", "predicted"] = Field("true", description="what the rows of the matrix are")
    classes: list[Label] | None = Field(None, min_length=2, max_length=MOST_CLASSES)
    positive: Label | None = Field(None, description="of two classes the positive one; 1 if absent")
    tp: Count | None = None
    fp: Count | None = None
    fn: Count | None = None
    tn: Count | None = None
    y: Vector | None = Field(None, description="the targets of a regression")
    yhat: Vector | None = Field(None, description="its predictions")

    @property
    def kind(self) -> str:
        """Which kind of question it is."""
        if any(getattr(self, name) is not None for name in _COUNTS):
            return "counts"
        if self.matrix is not None:
            return "matrix"
        if self.scores is not None:
            return "roc"
        return "labels" if self.actual is not None or self.predicted is not None else "regression"

    @model_validator(mode="after")
    def _fits(self) -> Given:
        kind, given = self.kind, self.model_fields_set
        if not given:
            raise ValueError("nothing is given; expected actual and predicted, a matrix, tp…, or y and yhat")
        if extra := sorted(given - _KINDS[kind]):
            takes = ", ".join(sorted(_KINDS[kind]))
            raise ValueError(f"{extra[0]!r} does not belong here; a question of this kind takes {takes}")
        needed = {"counts": _COUNTS, "labels": ("actual", "predicted"), "roc": ("actual",)}
        for name in needed.get(kind, ("y", "yhat") if kind == "regression" else ()):
            if getattr(self, name) is None:
                raise ValueError(f"{name} is missing")
        self._lengths_fit()
        return self

    def _lengths_fit(self) -> None:
        pairs = (("actual", "predicted"), ("actual", "scores"), ("y", "yhat"))
        for one, other in pairs:
            a, b = getattr(self, one), getattr(self, other)
            if a is not None and b is not None and len(a) != len(b):
                raise ValueError(f"{other}: expected {len(a)} values, as many as {one} has; got {len(b)}")
        for name in ("scores", "y"):
            if (values := getattr(self, name)) is not None and len(values) > MOST_SAMPLES:
                raise ValueError(f"{name}: {len(values)} values; expected at most {MOST_SAMPLES}")
        for i, row in enumerate(self.matrix or (), start=1):
            if len(row) != len(self.matrix or ()):
                raise ValueError(
                    f"matrix: row {i} has {len(row)} counts; expected {len(self.matrix or ())}, one per class"
                )
