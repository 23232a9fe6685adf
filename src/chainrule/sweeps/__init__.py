"""Many variants of a model trained at once, and compared."""

from __future__ import annotations

from chainrule.sweeps.calling import sweep
from chainrule.sweeps.halving import Halving
from chainrule.sweeps.results import Result, Sweep
from chainrule.sweeps.space import Range

__all__ = ["Halving", "Range", "Result", "Sweep", "sweep"]
