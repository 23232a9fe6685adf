"""The worksheet: its format, and reading it so that every mistake in it is named with its place."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
)

from chainrule.layers.registry import LAYERS
from chainrule.lookup import suggest
from chainrule.paper.notation import exact_text
from chainrule.paper.reading import Value
from chainrule.paper.topics import load, names
from chainrule.paper.values import read_array

LARGEST_FILE = 1_000_000
"""Bytes. A worksheet is written by hand; a larger file is something else."""

_ARRAY_SCHEMA = {
    "description": "A number, text such as '17/10' or '√2' or a name, or nested lists of these",
    "anyOf": [{"type": "number"}, {"type": "string"}, {"type": "array"}],
}
_NUMBER_SCHEMA = {
    "description": "A number, or text such as '17/10' or '√2' or a name",
    "anyOf": [{"type": "number"}, {"type": "string"}],
}
_LIST_SCHEMA = {"description": "Lists of numbers, or of text as a number", "type": "array"}
Values = Annotated[Any, BeforeValidator(read_array), WithJsonSchema(_ARRAY_SCHEMA)]
"""A number or nested lists of them; a value may be text, as '17/10' or 'w'."""


def _of_dimensions(dimensions: int, expected: str) -> Any:
    """A reader of values that are nested so deep."""

    def read_values(raw: Any) -> Any:
        array = read_array(raw)
        if array.ndim != dimensions:
            found = ("one number", "a list of numbers", "rows of numbers")[min(array.ndim, 2)]
            raise ValueError(f"expected {expected}; got {found if array.ndim < 3 else 'deeper lists'}")
        return array

    return BeforeValidator(read_values)


Scalar = Annotated[Any, _of_dimensions(0, "one number"), WithJsonSchema(_NUMBER_SCHEMA)]
Vector = Annotated[Any, _of_dimensions(1, "a list of numbers, as [1, 2]"), WithJsonSchema(_LIST_SCHEMA)]
Matrix = Annotated[
    Any, _of_dimensions(2, "rows of numbers, as [[1, 2], [3, 4]]"), WithJsonSchema(_LIST_SCHEMA)
]


def _table(given: Any) -> Any:
    if not isinstance(given, (str, dict)):
        raise ValueError(f"expected a name, or a table with a name; got {given!r}")
    return given


def _float(given: Any) -> Any:
    return float(given) if isinstance(given, Decimal) else given


_TABLE_SCHEMA = {
    "description": "A name, or a table with a name and arguments",
    "anyOf": [{"type": "string"}, {"type": "object", "required": ["name"]}],
}
Table = Annotated[Any, BeforeValidator(_table), WithJsonSchema(_TABLE_SCHEMA)]
Float = Annotated[float, BeforeValidator(_float)]
"""Decimals of a TOML file, for a field that is a float."""


class SheetError(ValueError):
    """A worksheet that cannot be used; the message names the place and what was expected."""


class Strict(BaseModel):
    """A table with these keys and no others; text is not taken for a number, nor a number for true."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


class LayerGiven(BaseModel):
    """A layer, its arguments as in Keras, and values of what it keeps or draws (``W``, ``b``, ``mask``, …).

    Layers inside a container are tables of the same kind, which its argument lists.
    """

    model_config = ConfigDict(extra="allow")

    layer: str

    def split(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The arguments of the layer's constructor, and all else: the values of its quantities.

        >>> LayerGiven(layer="Dense", units=1, W=[[2]]).split()
        ({'units': 1}, {'W': [[2]]})
        """
        given = dict(self.model_extra or {})
        taken = arguments_of(self.layer)
        arguments = {key: given.pop(key) for key in tuple(given) if key in taken}
        return arguments, given


def arguments_of(layer: str) -> list[str]:
    """What a layer's table may say beside values: the arguments of its constructor, and ``trainable``.

    A layer that is not known has none.
    """
    made = LAYERS.get(layer)
    return [*inspect.signature(made).parameters, "trainable"] if made is not None else []


class Question(Strict):
    """One question; what is given, each topic says in a model of its own."""

    id: str = Field(min_length=1)
    topic: str
    text: str = Field("", description="the question in words, shown above the working")
    marks: Float = Field(1, gt=0)
    find: list[str] | None = Field(
        None, min_length=1, description="parts or quantities to be worked; what is usual if absent"
    )
    given: Any = Field(description="what is given; its keys depend on the topic")
    rounding: int | None = Field(None, ge=0, le=50, description="decimals that every step is rounded to")
    closed: bool = Field(False, description="keep closed forms, as 1 - 2√2")
    convention: Literal["rows", "columns"] = "rows"
    digits: int = Field(6, ge=1, le=200, description="significant digits shown")


@dataclass(frozen=True)
class Sheet:
    """A worksheet: a title and its questions."""

    title: str
    question: list[Question]


class _Head(Strict):
    """What a worksheet has beside its questions."""

    title: str = "Worksheet"
    question: list[Any] = Field(min_length=1)


@cache
def question_model(topic: str) -> type[Question]:
    """A question of a topic: with what is given as the topic's own model says."""
    only: Any = Literal[topic]
    return create_model(
        f"{topic.title().replace('_', '')}Question",
        __base__=Question,
        __doc__=f"A question of the topic {topic}.",
        topic=(only, ...),
        given=(load(topic).Given, ...),
    )


def check_number(key: str, value: Any, test: Callable[[Any], bool], expected: str) -> None:
    """Raise SheetError unless a single given value fits; a name may stand for any number."""
    found: Any = value[()]
    if isinstance(found, Value):
        if found.names:
            return
        found = found.number()
    try:
        is_fit = test(found)
    except ArithmeticError as error:
        raise SheetError(f"given.{key}: expected {expected}; {error}") from None
    if not is_fit:
        raise SheetError(f"given.{key}: expected {expected}; got {exact_text(found)}")


def read_text(path: Path) -> str:
    """The text of a small file. Raises SheetError for one that is too large or not text."""
    with open(path, "rb") as file:
        start = file.read(LARGEST_FILE + 1)
    if len(start) > LARGEST_FILE:
        raise SheetError(f"more than {LARGEST_FILE:,} bytes; expected a TOML file of at most that")
    try:
        return start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(f"not text: byte {error.start} is not UTF-8; expected a TOML file") from None


def parse_sheet(text: str) -> Sheet:
    """A worksheet from the text of a TOML file.

    >>> parse_sheet('title = "Week 4"')
    Traceback (most recent call last):
    chainrule.paper.sheet.SheetError: 'question' is missing; expected [[question]] tables
    """
    return read_sheet(parse_toml(text))


def read_sheet(raw: dict[str, Any]) -> Sheet:
    """A worksheet from its tables. Raises SheetError for the first mistake in them."""
    questions = raw.get("question")
    if questions is None:
        raise SheetError("'question' is missing; expected [[question]] tables")
    if not isinstance(questions, list) or not all(isinstance(q, dict) for q in questions):
        raise SheetError("'question' must be [[question]] tables, with two brackets")
    try:
        head = _Head.model_validate(raw)
    except ValidationError as error:
        raise SheetError(describe(error, raw, _Head)) from None
    sheet = Sheet(head.title, [_question(raw, i) for i in range(len(questions))])
    seen: set[str] = set()
    for question in sheet.question:
        if question.id in seen:
            raise SheetError(f"question {question.id!r}: the id is used twice; ids must differ")
        seen.add(question.id)
    return sheet


def _question(raw: dict[str, Any], i: int) -> Question:
    table, at = raw["question"][i], ("question", i)
    topic = table.get("topic")
    if not isinstance(topic, str) or topic not in names():
        found = "is missing" if topic is None else f"{suggest(str(topic), names())}; got {shown(topic)}"
        raise SheetError(f"{_place((*at, 'topic'), raw)}: {found}")
    model = question_model(topic)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise SheetError(describe(error, raw, model, at)) from None


def parse_toml(text: str) -> dict[str, Any]:
    """A TOML file's tables; decimals stay decimals. Raises SheetError with its place."""
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
        _check_finite(tables, tables, ())
    except SheetError:
        raise
    except RecursionError:
        raise SheetError("lists or tables are nested too deeply") from None
    except ValueError as error:
        if long := re.search(r"\d{4301,}", text):
            line = text.count("\n", 0, long.start()) + 1
            said = f"a whole number of {len(long[0]):,} digits in line {line}; at most 4,300 are read"
            raise SheetError(said) from None
        raise SheetError(f"not valid TOML: {error}") from None
    return tables


def _check_finite(value: Any, tables: Any, loc: tuple[int | str, ...]) -> None:
    """Raise SheetError, with its place, at the first nan or inf in the tables."""
    if isinstance(value, Decimal) and not value.is_finite():
        name = str(value).lower().replace("infinity", "inf")
        raise SheetError(f"{_place(loc, tables)}: {name} is not a finite number")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        _check_finite(part, tables, (*loc, key))


def describe(error: ValidationError, raw: Any, model: type[BaseModel], at: tuple[int | str, ...] = ()) -> str:
    """The first mistake that validation found, in one line, with its place and what was expected.

    ``at`` is where in the file the table is that was validated. An unknown key comes first, for it
    may be the one that is missing, misspelt.
    """
    found = error.errors(include_url=False)
    first, *more = sorted(found, key=lambda each: each["type"] != "extra_forbidden")
    place = _place((*at, *first["loc"]), raw)
    message = _message(first, model)
    rest = f" (and {len(more)} more)" if more else ""
    return f"{place}: {message}{rest}" if place else f"{message}{rest}"


def _place(loc: tuple[int | str, ...], raw: Any) -> str:
    words: list[str] = []
    parts = list(loc)
    if parts[:1] == ["question"] and len(parts) > 1 and isinstance(parts[1], int):
        question = raw["question"][parts[1]]
        known = question.get("id") if isinstance(question, dict) else None
        named = isinstance(known, str) and known != ""
        words.append(f"question {known!r}" if named else f"question {parts[1] + 1}")
        parts = parts[2:]
    key = ""
    for part in parts:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            key += f".{part}" if key else str(part)
    return ", ".join(words + ([key] if key else []))


def _message(found: Any, model: type[BaseModel]) -> str:
    kind, given, context = found["type"], found.get("input"), found.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key; {suggest(str(found['loc'][-1]), _keys(model, found['loc']))}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        expected = suggest(str(given), re.findall(r"'([^']*)'", context["expected"]))
    elif kind == "too_short":
        least = context["min_length"]
        expected = "expected at least one" if least == 1 else f"expected at least {least}"
    elif kind in _EXPECTED:
        expected = f"expected {_EXPECTED[kind]}"
    else:
        message = str(found["msg"])
        expected = message[0].lower() + message[1:]
    return f"{expected}; got {shown(given)}"


_EXPECTED = {
    "model_type": "a table",
    "model_attributes_type": "a table",
    "list_type": "a list",
    "string_type": "text in quotes",
    "string_too_short": "text that is not empty",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that is not that large",
    "bool_type": "true or false",
}
LONGEST_SHOWN = 40


def shown(given: Any) -> str:
    """A value that was found, as an error shows it: in short."""
    if isinstance(given, (list, dict)):
        return "an empty list" if given == [] else "a list" if isinstance(given, list) else "a table"
    if isinstance(given, Decimal):
        return str(given)
    if isinstance(given, int) and abs(given) > 10**LONGEST_SHOWN:
        return "a larger one"
    text = repr(given) if isinstance(given, (str, int, float)) else str(given)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at a place may have."""
    for part in loc[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models of tables that a type speaks of, as in ``list[Layer] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a worksheet, with what is given in every topic."""
    models = tuple(question_model(topic) for topic in names())
    any_question: Any = Annotated[Union[models], Field(discriminator="topic")]  # noqa: UP007 - of a tuple
    whole = create_model(
        "Sheet",
        __base__=Strict,
        __doc__="A worksheet: a title and its questions.",
        title=(str, "Worksheet"),
        question=(list[any_question], Field(min_length=1)),
    )
    return whole.model_json_schema()
