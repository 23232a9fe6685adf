"""Examples of the rules of pooling."""

from chainrule.rules.pooling import global_pooling, local_pooling, maps
from rule_examples.drawing import draw


def examples():
    x, how = -1 - draw(39, 2, 4, 4, 2) ** 2, {"pool_size": (2, 2), "strides": (2, 2)}
    how["padding"] = ((1, 1), (1, 1))
    dy = draw(40, 2, 3, 3, 2)
    yield local_pooling.max_pooling, (x,), how
    yield local_pooling.max_pooling_dx, (x, dy), how
    yield local_pooling.average_pooling, (x,), how
    yield local_pooling.average_pooling_dx, (dy, x), how
    yield maps.map_of_largest, (x[0, ..., 0],), how
    yield maps.map_of_largest_dX, (x[0, ..., 0], dy[0, ..., 0]), how
    yield maps.map_of_means, (x[0, ..., 0],), how
    yield maps.map_of_means_dX, (dy[0, ..., 0],), {**how, "lengths": (4, 4)}
    yield global_pooling.global_max_pooling, (x,)
    yield global_pooling.global_max_pooling_dx, (x, dy[:, 0, 0])
    yield global_pooling.global_average_pooling, (x,)
    yield global_pooling.global_average_pooling_dx, (dy[:, 0, 0], x)
