"""Variants of a training file: the same run with some keys set otherwise, and what is expected of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from chainrule.lookup import suggest
from chainrule.paper.sheet import Strict

GAP = "gap"
"""The measure of overfitting: the loss of the rows held out less that of the rows trained on."""
EVERY = "*"


class Variant(Strict):
    """A run that differs from the file in some keys: ``set = { "optimizer.learning_rate" = 0.1 }``."""

    name: str = Field(min_length=1, description="what it is called in the report")
    set: dict[str, Any] = Field({}, description="dotted keys of the file, and their values in this variant")


class Expectation(Strict):
    """What the comparison should show: an order of some variants by a measure, or that some diverge."""

    text: str = Field(min_length=1, description="the effect, in words")
    measure: str = Field("val_loss", description="a log, as loss or val_accuracy, or gap: val_loss - loss")
    at: Literal["end", "best", "first"] = Field("end", description="its value after the last epoch, its best")
    rising: list[str] | None = Field(None, min_length=2, description="variants by rising measure")
    alike: list[str] | None = Field(None, min_length=2, description="variants with the same measure")
    within: float = Field(0.0, ge=0, description="how far the means of those that are alike may lie apart")
    diverges: list[str] | None = Field(None, min_length=1, description="variants that become non-finite")

    @model_validator(mode="after")
    def _one_kind(self) -> Expectation:
        given = [key for key in ("rising", "alike", "diverges") if getattr(self, key) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(f"give one of rising, alike or diverges; got {found}")
        return self

    @property
    def names(self) -> list[str]:
        """The variants that it speaks of."""
        return self.rising or self.alike or self.diverges or []


def logs_of(measure: str) -> tuple[str, ...]:
    """The logs that a measure is made of.

    >>> logs_of("val_accuracy"), logs_of("gap")
    (('val_accuracy',), ('val_loss', 'loss'))
    """
    return ("val_loss", "loss") if measure == GAP else (measure,)


def check_names(variants: list[Variant], expectations: list[Expectation]) -> None:
    """Raise ValueError for two variants of one name, or an expectation of a variant that there is not."""
    names = [variant.name for variant in variants]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"variant: {names.count(name)} are called {name!r}; give each a name of its own")
    for number, expectation in enumerate(expectations, start=1):
        for name in expectation.names:
            if name not in names:
                raise ValueError(f"expect[{number}]: there is no variant {name!r}; {suggest(name, names)}")


def changed(raw: Mapping[str, Any], variant: Variant) -> dict[str, Any]:
    """A training file's tables as they are in a variant.

    A key names a path: ``fit.batch_size``, ``layers.2.rate`` (layers count from 1), or for all layers that
    have the key already ``layers.*.kernel_initializer``.

    Raises ValueError for a path that leads nowhere.

    >>> changed({"fit": {"epochs": 2}}, Variant(name="long", set={"fit.epochs": 9}))
    {'fit': {'epochs': 9}}
    """
    made: dict[str, Any] = copy.deepcopy(dict(raw))
    for path, value in variant.set.items():
        _set(made, path, path.split("."), value)
    return made


def _set(table: Any, path: str, keys: list[str], value: Any) -> None:
    key, *rest = keys
    if isinstance(table, list):
        if not rest:
            raise ValueError(f"set {path!r}: name a key of the layer, as {path}.units")
        for entry in _entries(table, path, key, rest[0]):
            _set(entry, path, rest, copy.deepcopy(value))
        return
    if not isinstance(table, dict):
        raise ValueError(f"set {path!r}: {key!r} is in no table; the file has {table!r} there")
    if not rest:
        table[key] = value
        return
    if key not in table:
        table[key] = {}
    if isinstance(table[key], str):
        table[key] = {"name": table[key]}
    _set(table[key], path, rest, value)


def _entries(table: list[Any], path: str, key: str, of_layer: str) -> list[Any]:
    """The entry of this number, or all that have the layer's key."""
    if key == EVERY:
        tables = [entry for entry in table if isinstance(entry, dict)]
        if not any(of_layer in entry for entry in tables):
            known = suggest(of_layer, (name for entry in tables for name in entry))
            raise ValueError(f"set {path!r}: no layer has the key {of_layer!r}; {known}")
        return [entry for entry in tables if of_layer in entry]
    if not key.isdecimal() or not 1 <= int(key) <= len(table):
        raise ValueError(f"set {path!r}: {key!r} is no entry; there are {len(table)}, counted from 1, or *")
    return [table[int(key) - 1]]
