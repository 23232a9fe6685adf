"""Examples of the rules of sampling."""

import numpy as np

from chainrule.rules import sampling
from rule_examples.drawing import draw


def examples():
    x, rows, columns = draw(71, 2, 3, 4, 2), draw(72, 2, 3, 3), draw(73, 2, 3, 3)
    for fill_mode in sampling.FILL_MODES:
        how = {"interpolation": "bilinear", "fill_mode": fill_mode, "fill_value": 0.5}
        yield sampling.sampled, (x, rows, columns), how
    drawn = np.array([0.3, -0.7])
    for axis in (1, 2):
        yield sampling.shifted_places, (drawn, x), {"axis": axis}
        yield sampling.zoomed_places, (drawn, x), {"axis": axis}
        yield sampling.cropped_places, (np.array([0.7, 0.95]), x), {"axis": axis, "length": 2}
    yield sampling.rotated_rows, (drawn, x)
    yield sampling.rotated_columns, (drawn, x)
