"""Examples of the rules of convolution."""

from chainrule.rules import depthwise, maps
from chainrule.rules.convolution import feature_maps, gradients
from rule_examples.drawing import draw


def examples():
    x, b = draw(33, 2, 5, 4, 2), draw(34, 3)
    W, dY = draw(35, 3, 2, 2, 3), draw(36, 2, 3, 3, 3)
    how = {"strides": (1, 1), "padding": "valid", "dilation": (1, 1)}
    yield feature_maps.convolution, (x, W, b), how
    yield feature_maps.convolution_without_bias, (x, W), how
    yield gradients.convolution_dW, (x, dY), {**how, "kernel": (3, 2)}
    yield gradients.convolution_dx, (dY, W, x), how
    yield gradients.convolution_db, (dY,)
    yield depthwise.depthwise_convolution, (x, W, draw(37, 6)), how
    yield depthwise.depthwise_without_bias, (x, W), how
    dz = draw(45, 2, 3, 3, 6)
    yield depthwise.depthwise_dW, (x, dz), {**how, "kernel": (3, 2)}
    yield depthwise.depthwise_dx, (dz, W, x), how
    X, F, Y = x[0, ..., 0], W[:2, ..., 0, 0], draw(38, 4, 3)
    plain = {"strides": (1, 1), "dilation": (1, 1)}
    for flip in (False, True):
        yield maps.map_rule(flip, bias=False), (X, F), plain
        yield maps.map_rule(flip, bias=True), (X, F, b[0]), plain
    yield maps.half_turn, (F,)
    for made in (maps.map_dX, maps.FLIPPED_MAP_DX):
        yield made, (X, F), {"dilation": (1, 1), "inside": ((0, 0), (0, 0))}
    for made in (maps.map_dW, maps.flipped_map_dW):
        yield made, (X, Y), {**plain, "kernel": (2, 2)}
    yield maps.sum_of_a_map, (X,)
    yield maps.map_db, (Y,)
    yield maps.sum_of_maps(2, bias=False), (X, X + 1)
    yield maps.sum_of_maps(2, bias=True), (X, X + 1, b[0])
