"""What may be asked of a network beside its passes and updates, by the name that ``find`` takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chainrule.paper.topics.network.collapse import collapse
from chainrule.paper.topics.network.counting import configurations, parameters
from chainrule.paper.topics.network.factors import factors
from chainrule.paper.topics.network.initialization import initialization
from chainrule.paper.topics.network.learning import dead, symmetry
from chainrule.paper.topics.network.subject import Subject

STUDIES: Mapping[str, Callable[[Subject], None]] = {
    study.__name__: study
    for study in (parameters, configurations, initialization, collapse, factors, symmetry, dead)
}
_QUANTITIES: Mapping[str, str] = {
    "parameters": r"params\d*|weights\d*|biases",
    "configurations": r"orders\d+",
    "initialization": r"(glorot|he|lecun)_(variance|deviation|limit)\d+",
    "collapse": r"[Wb]_collapsed\d*|z_collapsed",
    "factors": r"(slope|factor|norm|weight_norm)\d+|product",
    "symmetry": r"different\d+",
    "dead": r"(top|dead)\d+",
}


def study_of(name: str) -> str | None:
    """The study that is asked for by this name, its own or that of one of its quantities.

    >>> study_of("factors"), study_of("factor1"), study_of("z1")
    ('factors', 'factors', None)
    """
    if name in STUDIES:
        return name
    return next((study for study, names in _QUANTITIES.items() if re.fullmatch(names, name)), None)


OF_SIZES = ("parameters", "configurations", "initialization")
"""Those for which the sizes of the layers are enough."""
NEEDS_ALL_ROWS = frozenset({"dead"})
"""Those that look at the pre-activations of all rows."""
