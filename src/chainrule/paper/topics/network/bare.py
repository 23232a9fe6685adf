"""Questions about a network of which only the sizes are given, or the factors of a gradient."""

from __future__ import annotations

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.network.door import network_of, optimizer_of, rates_of, weights_of
from chainrule.paper.topics.network.factors import follow_chain
from chainrule.paper.topics.network.given import MOST_LAYERS, ChainGiven, Given
from chainrule.paper.topics.network.studies import OF_SIZES, STUDIES, study_of
from chainrule.paper.topics.network.subject import Subject
from chainrule.paper.values import names_in
from chainrule.paper.workings import Working

_CHAINS = ({"factor", "depth"}, {"factors"}, {"slopes", "weights"})


def solve_sizes(question: Question) -> Working:
    """Work what the sizes of the layers say, and with their values what needs no sample.

    Raises SheetError for what needs x.
    """
    given: Given = question.given
    _check_keys(given, {"inputs", "layers"}, "x")
    assert given.layers is not None
    assert given.inputs is not None
    columns = question.convention == "columns"
    network, layers = network_of(given.layers, _input_shape(given.inputs))
    page = Page(question)
    find = question.find or ["parameters"]
    studies = dict.fromkeys(study_of(name) or name for name in find)
    for name, study in zip(find, map(study_of, find), strict=True):
        if study not in (*OF_SIZES, "collapse"):
            known = ", ".join((*OF_SIZES, "collapse"))
            raise SheetError(f"find: {name!r} needs x; without it the parts are {known}")
    if "collapse" in studies:
        values = weights_of(network, layers, columns)
        page.closed = page.closed or bool(names_in(values.values()))
        for name, value in values.items():
            page.give(name, value)
    for name in studies:
        STUDIES[name](Subject(page, network, columns))
    return page.working()


def _input_shape(inputs: int | list[int]) -> tuple[int, ...]:
    shape = (inputs,) if isinstance(inputs, int) else tuple(inputs)
    if not shape or min(shape) < 1:
        raise SheetError(f"given.inputs: expected whole numbers from 1, as 4 or [28, 28, 1]; got {inputs}")
    return shape


def solve_without_layers(question: Question) -> Working:
    """Work factors that are given by themselves."""
    given: Given = question.given
    if given.chain is None:
        raise SheetError("given.layers: is missing")
    _check_keys(given, {"chain", "optimizer"}, "layers")
    _check_chain(given.chain)
    page, rates = Page(question), rates_of(given.optimizer)
    page.closed = page.closed or bool(names_in(rates.values()))
    optimizer = optimizer_of(given.optimizer, rates, page.closed)
    follow_chain(page, given.chain, rates.get("learning_rate", optimizer.rate))
    return page.working()


def _check_keys(given: Given, allowed: set[str], missing: str) -> None:
    for key in sorted(given.model_fields_set - allowed):
        raise SheetError(f"given.{key}: is of no use without {missing}")


def _check_chain(chain: ChainGiven) -> None:
    found = chain.model_fields_set - {"parameter"}
    if found not in _CHAINS:
        said = ", or ".join(" and ".join(sorted(keys)) for keys in _CHAINS)
        raise SheetError(f"given.chain: expected {said}; got {', '.join(sorted(found)) or 'none of them'}")
    for key in ("factors", "slopes"):
        listed = getattr(chain, key)
        if listed is not None and len(listed) > MOST_LAYERS:
            raise SheetError(f"given.chain.{key}: expected at most {MOST_LAYERS}; got {len(listed)}")
    if chain.slopes is not None and len(chain.slopes) != len(chain.weights):
        raise SheetError(
            f"given.chain.weights: expected a weight per slope, {len(chain.slopes)}; got {len(chain.weights)}"
        )
