"""What may be asked of a network beside its passes and updates, by the name that ``find`` takes."""

from __future__ import annotations

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
OF_SIZES = ("parameters", "configurations", "initialization")
"""Those for which the sizes of the layers are enough."""
NEEDS_ALL_ROWS = frozenset({"dead"})
"""Those that look at the pre-activations of all rows."""
