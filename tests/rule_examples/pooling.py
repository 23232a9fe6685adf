"""Examples of the rules of pooling."""

from chainrule.rules import pooling
from rule_examples.drawing import draw


def examples():
    x, how = -1 - draw(39, 2, 4, 4, 2) ** 2, {"pool_size": (2, 2), "strides": (2, 2)}
    how["padding"] = ((1, 1), (1, 1))
    dy = draw(40, 2, 3, 3, 2)
    yield pooling.max_pooling, (x,), how
    yield pooling.max_pooling_dx, (x, dy), how
    yield pooling.average_pooling, (x,), how
    yield pooling.average_pooling_dx, (dy, x), how
    yield pooling.map_of_largest, (x[0, ..., 0],), how
    yield pooling.map_of_largest_dX, (x[0, ..., 0], dy[0, ..., 0]), how
    yield pooling.map_of_means, (x[0, ..., 0],), how
    yield pooling.map_of_means_dX, (dy[0, ..., 0],), {**how, "lengths": (4, 4)}
    yield pooling.global_max_pooling, (x,)
    yield pooling.global_max_pooling_dx, (x, dy[:, 0, 0])
    yield pooling.global_average_pooling, (x,)
    yield pooling.global_average_pooling_dx, (dy[:, 0, 0], x)
