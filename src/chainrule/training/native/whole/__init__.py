"""Whole functions of small arrays, as an update of a small network, as one piece of machine code."""
