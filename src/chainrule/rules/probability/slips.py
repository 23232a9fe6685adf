"""Slips that several files of this chapter have."""

from __future__ import annotations

NOTHING = "nothing_subtracted"
DEVIATION = "deviation_for_variance", "the root is taken, which gives the standard deviation"
