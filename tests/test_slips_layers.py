"""Slips in normalization, dropout, convolution, pooling and optimizers: named, and what follows counts."""

import numpy as np
import pytest

from slip_cases import Case, assert_named

# --------------------------------------------------------------------------- normalization

X = np.array([2.0, 4.0, 6.0, 8.0, 11.0])
MEAN, GAMMA, BETA = X.mean(), 2.0, 1.0
VAR = X.var()
BATCH = f"x = {X.tolist()}\ngamma = 2\nbeta = 1\nepsilon = 0\n"
LARGE_EPSILON = BATCH.replace("epsilon = 0", "epsilon = 0.5")
DY = np.array([1.0, -2.0, 0.5, 3.0, -1.0])
BACK = BATCH + f"dy = {DY.tolist()}\n"


def norm(slip, at, answers, follows=(), given=BATCH):
    return Case(slip, "normalization", given, answers, at, follows)


def normalized(deviation, mean=MEAN):
    xhat = (X - mean) / deviation
    return {"xhat": xhat, "y": GAMMA * xhat + BETA}


def rounded(values):
    return {name: np.round(value, 6) for name, value in values.items()}


XHAT = (X - MEAN) / np.sqrt(VAR)
DXHAT = GAMMA * DY
DVAR = -np.sum(DXHAT * (X - MEAN)) / (2 * VAR**1.5)
DMEAN = -np.sum(DXHAT) / np.sqrt(VAR)
SAMPLE = X.var(ddof=1)

NORMALIZATIONS = [
    norm("sum_for_mean", "mean", {"mean": X.sum()}),
    norm("n_minus_one", "var", {"mean": MEAN, "var": SAMPLE, **normalized(np.sqrt(SAMPLE))}, ("xhat", "y")),
    norm("n_minus_one", "y", {"y": normalized(np.sqrt(SAMPLE))["y"]}),
    norm("sum_for_mean", "var", {"mean": MEAN, "var": 5 * VAR}),
    norm("mean_not_subtracted", "var", {"mean": MEAN, "var": np.mean(X**2)}),
    norm("deviation_for_variance", "var", {"mean": MEAN, "var": np.sqrt(VAR)}),
    norm(
        "variance_for_deviation",
        "deviation",
        {"var": VAR, "deviation": VAR, **normalized(VAR)},
        ("xhat", "y"),
    ),
    norm("variance_for_deviation", "xhat", {"deviation": np.sqrt(VAR), **normalized(VAR)}, ("y",)),
    norm("variance_for_deviation", "xhat", {"var": VAR, **normalized(VAR)}, ("y",)),
    norm("mean_not_subtracted", "xhat", {"xhat": X / np.sqrt(VAR)}),
    norm("not_divided", "xhat", {"xhat": X - MEAN, "y": 2 * (X - MEAN) + 1}, ("y",)),
    norm("no_beta", "y", {"xhat": XHAT, "y": 2 * XHAT}),
    norm("beta_subtracted", "y", {"xhat": XHAT, "y": 2 * XHAT - 1}),
    norm("no_gamma", "y", {"xhat": XHAT, "y": XHAT + 1}),
    norm("gamma_and_beta_swapped", "y", {"xhat": XHAT, "y": XHAT + 2}),
    norm("epsilon_outside", "deviation", {"var": VAR, "deviation": np.sqrt(VAR) + 0.5}, given=LARGE_EPSILON),
    norm("no_epsilon", "deviation", {"var": VAR, "deviation": np.sqrt(VAR)}, given=LARGE_EPSILON),
    norm("variance_for_deviation", "deviation", {"var": VAR, "deviation": VAR + 0.5}, given=LARGE_EPSILON),
    norm(
        "epsilon_inside",
        "deviation",
        {"var": VAR, "deviation": np.sqrt(VAR + 0.5)},
        given=LARGE_EPSILON + 'epsilon_at = "outside"\n',
    ),
    norm("n_for_n_minus_one", "var", {"mean": MEAN, "var": VAR}, given=BATCH + 'variance = "sample"\n'),
    # backward
    norm("no_xhat", "dgamma", {"xhat": XHAT, "dgamma": DY.sum()}, given=BACK),
    norm("mean_over_rows", "dgamma", {"dgamma": np.mean(DY * XHAT)}, given=BACK),
    norm("mean_over_rows", "dbeta", {"dbeta": DY.mean()}, given=BACK),
    norm("no_gamma", "dxhat", {"dxhat": DY, "dmean": -DY.sum() / np.sqrt(VAR)}, ("dmean",), BACK),
    norm("no_half", "dvar", {"dxhat": DXHAT, "dvar": 2 * DVAR}, given=BACK),
    norm("wrong_power", "dvar", {"dxhat": DXHAT, "dvar": DVAR * VAR}, given=BACK),
    norm("opposite_sign", "dmean", {"dxhat": DXHAT, "dmean": -DMEAN}, given=BACK),
    norm("not_divided", "dmean", {"dxhat": DXHAT, "dmean": -DXHAT.sum()}, given=BACK),
    norm("statistics_constant", "dx", {"dxhat": DXHAT, "dx": DXHAT / np.sqrt(VAR)}, given=BACK),
    norm("no_way_through_variance", "dx", {"dx": DXHAT / np.sqrt(VAR) + DMEAN / 5}, given=BACK),
    norm("no_way_through_mean", "dx", {"dx": DXHAT / np.sqrt(VAR) + DVAR * 2 * (X - MEAN) / 5}, given=BACK),
]
MOVING = BATCH + "moving_mean = 3\nmoving_variance = 4\nmomentum = 0.9\n"
NORMALIZATIONS += [
    norm("weights_swapped", "moving_mean_new", {"moving_mean_new": 0.1 * 3 + 0.9 * MEAN}, given=MOVING),
    norm("no_complement", "moving_var_new", {"moving_var_new": 0.9 * 4 + VAR}, given=MOVING),
    norm("no_past", "moving_mean_new", {"moving_mean_new": 0.1 * MEAN}, given=MOVING),
]
ROWS = np.array([[1.0, 2.0, 6.0], [0.0, 4.0, 5.0]])
LAYER = f'x = {ROWS.tolist()}\nkind = "layer"\nepsilon = 0\n'
MIN_MAX = f'x = {X.tolist()}\nkind = "min_max"\n'
NORMALIZATIONS += [
    norm("sum_for_mean", "mean", {"mean": ROWS.sum(axis=1)}, given=LAYER),
    norm("n_minus_one", "var", {"mean": ROWS.mean(axis=1), "var": ROWS.var(axis=1, ddof=1)}, given=LAYER),
    norm("over_all_features", "mean", {"mean": [3, 3, 3]}, given=f"x = {ROWS.tolist()}\n"),
    norm("divided_by_largest", "y", {"x_min": 2, "x_max": 11, "y": (X - 2) / 11}, given=MIN_MAX),
    norm("smallest_not_subtracted", "y", {"y": X / 9}, given=MIN_MAX),
    norm("share_of_largest", "y", {"y": X / 11}, given=MIN_MAX),
    norm("no_start", "y", {"y": 2 * (X - 2) / 9}, given=MIN_MAX + "range = [-1, 1]\n"),
    norm("unit_range", "y", {"y": (X - 2) / 9}, given=MIN_MAX + "range = [-1, 1]\n"),
    norm("end_for_width", "y", {"y": -1 + (X - 2) / 9}, given=MIN_MAX + "range = [-1, 1]\n"),
    norm(
        "variance_for_deviation", "y", {"y": (X - MEAN) / VAR}, given=f'x = {X.tolist()}\nkind = "standard"\n'
    ),
]

# --------------------------------------------------------------------------------- dropout

UNITS, MASK, KEEP = np.array([5.0, 2.0, 7.5]), np.array([1.0, 0.0, 1.0]), 0.8
DROP = f"x = {UNITS.tolist()}\nmask = {MASK.tolist()}\n"
INVERTED = DROP + "keep = 0.8\n"
CLASSIC = INVERTED + 'scaling = "classic"\n'
DOUT = np.array([1.0, -2.0, 3.0])
KEPT = UNITS * MASK
MASKS = np.array([[a, b, c] for a in (1, 0) for b in (1, 0) for c in (1, 0)])


def chances(keep):
    return np.prod(np.where(MASKS == 1, keep, 1 - keep), axis=1)


def drop(slip, at, answers, follows=(), given=INVERTED):
    return Case(slip, "dropout", given, answers, at, follows)


DROPOUTS = [
    drop("rate_for_keep", "keep", {"keep": 0.2}, given=DROP + "rate = 0.2\n"),
    drop("not_scaled", "y", {"y": KEPT, "total": KEPT.sum()}, ("total",)),
    drop("multiplied_by_keep", "y", {"y": KEPT * 0.8}),
    drop("rate_for_keep", "y", {"y": KEPT / 0.2, "total": KEPT.sum() / 0.2}, ("total",)),
    drop("mask_turned", "y", {"y": UNITS * (1 - MASK) / 0.8}),
    drop("no_mask", "y", {"y": UNITS / 0.8}),
    drop(
        "scaled_when_tested",
        "y_test",
        {"y_test": 0.8 * UNITS, "total_test": 0.8 * UNITS.sum()},
        ("total_test",),
    ),
    drop("divided_when_tested", "y_test", {"y_test": UNITS / 0.8}),
    drop("mean_for_sum", "total", {"y": KEPT / 0.8, "total": KEPT.mean() / 0.8}),
    drop("not_scaled", "expected", {"expected": 0.8 * UNITS}),
    drop("mask_turned", "y", {"y": UNITS * (1 - MASK)}, given=CLASSIC),
    drop("divided_by_keep", "y", {"y": KEPT / 0.8}, given=CLASSIC),
    drop("not_scaled", "y_test", {"y_test": UNITS}, given=CLASSIC),
    drop("rate_for_keep", "y_test", {"y_test": 0.2 * UNITS}, given=CLASSIC),
    drop("divided_by_keep", "y_test", {"y_test": UNITS / 0.8}, given=CLASSIC),
    drop("chance_left_out", "expected", {"expected": UNITS}, given=CLASSIC),
    drop("rate_for_keep", "probability", {"probability": chances(0.2)}),
    drop("dropped_left_out", "probability", {"probability": 0.8 ** MASKS.sum(axis=1)}),
    drop("plain_mean", "mean_of_masks", {"mean_of_masks": UNITS / 0.8 / 2}),
    drop("not_scaled", "dx", {"dx": DOUT * MASK}, given=INVERTED + f"dy = {DOUT.tolist()}\n"),
    drop("no_mask", "dx", {"dx": DOUT / 0.8}, given=INVERTED + f"dy = {DOUT.tolist()}\n"),
    drop("no_mask", "dx", {"dx": DOUT}, given=CLASSIC + f"dy = {DOUT.tolist()}\n"),
    drop("mask_turned", "mask", {"mask": [0, 1, 1]}, given="x = [1, 2, 3]\nkeep = 0.5\nseed = 1\n"),
]

# ------------------------------------------------------------------------------ convolution

IMAGE = np.array([[1.0, 2, 0, 3], [4, 1, 5, 2], [0, 3, 1, 1], [2, 0, 4, 6]])
FILTER = np.array([[1.0, 2.0], [-1.0, 3.0]])
DMAP = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0], [3.0, 1.0, 0.0]])


def cross(x, w):
    """The filter laid on as it is."""
    n, f = np.array(x.shape) - w.shape + 1, w.shape
    return np.array([[np.sum(x[i : i + f[0], j : j + f[1]] * w) for j in range(n[1])] for i in range(n[0])])


def turned(w):
    return w[::-1, ::-1]


MAP = cross(IMAGE, FILTER)
CONV = f"input = {IMAGE.tolist()}\nfilter = {FILTER.tolist()}\ndY = {DMAP.tolist()}\n"
FLIPPED = CONV + "flip = true\n"
BIASED = CONV + "bias = 0.5\n"
SECOND = np.array([[2.0, 0, 1, 1], [1, 1, 0, 3], [0, 2, 2, 1], [1, 0, 1, 0]])
CHANNELS = f"""
input = {[IMAGE.tolist(), SECOND.tolist()]}
filter = {[FILTER.tolist(), FILTER.T.tolist()]}
bias = 0.5
"""
AROUND = np.pad(DMAP, 1)


def conv(slip, at, answers, given=CONV, follows=()):
    return Case(slip, "convolution", given, answers, at, follows)


def size(slip, at, values, given, follows=(), **more):
    return Case(slip, "convolution", given, {at: values, **more}, at, follows)


SAME = 'size = [29, 31]\nkernel_size = 7\nstrides = 3\npadding = "same"\n'
STRIDED = "size = 28\nkernel_size = 5\nstrides = 3\npadding = 2\n"  # 28 + 4 - 5 = 27
UNEVEN = "size = 29\nkernel_size = 5\nstrides = 3\npadding = 2\n"  # 28 / 3
KEEPING = 'size = 28\nkernel_size = 28\npadding = "keep"\n'
STACK = "layers = [{ kernel_size = 3, strides = 2 }, { kernel_size = 5, strides = 3 }]\n"

CONVOLUTIONS = [
    conv("kernel_flipped", "Y", {"Y": cross(IMAGE, turned(FILTER))}),
    conv("kernel_not_flipped", "Y", {"Y": MAP}, FLIPPED),
    conv("no_bias", "Y", {"Y": MAP}, BIASED),
    conv("one_channel", "Y", {"P1": MAP, "P2": cross(SECOND, FILTER.T), "Y": MAP + 0.5}, CHANNELS),
    conv("one_channel", "Y", {"Y": MAP + 0.5}, CHANNELS),
    conv("no_bias", "Y", {"P1": MAP, "Y": MAP + cross(SECOND, FILTER.T)}, CHANNELS),
    conv("kernel_flipped", "dW", {"Y": MAP, "dW": turned(cross(IMAGE, DMAP))}),
    conv("kernel_not_flipped", "dW", {"dW": cross(IMAGE, DMAP)}, FLIPPED),
    conv("kernel_not_flipped", "dX", {"Y": MAP, "dX": cross(AROUND, FILTER)}),
    conv("turned_one_way", "dX", {"dX": cross(AROUND, FILTER[:, ::-1])}),
    conv("transposed", "dX", {"dX": cross(AROUND, FILTER.T)}),
    conv("kernel_flipped", "dX", {"dX": cross(AROUND, turned(FILTER))}, FLIPPED),
    conv("mean_for_sum", "db", {"db": DMAP.mean()}, BIASED),
    conv(
        "mean_for_sum",
        "loss",
        {"Y": MAP, "loss": MAP.mean()},
        f'input = {IMAGE.tolist()}\nfilter = {FILTER.tolist()}\nloss = "sum"\n',
    ),
    size("padding_on_one_side", "size", [9, 9], STRIDED),
    size("no_padding", "size", [8, 8], "size = 27\nkernel_size = 5\nstrides = 3\npadding = 2\n"),
    size("no_plus_one", "size", [9, 9], STRIDED),
    size("one_in_the_fraction", "size", [9, 9], STRIDED),
    size("no_stride", "size", [28, 28], STRIDED),
    size("ceiling_for_floor", "size", [11, 11], UNEVEN),
    size("floor_for_ceiling", "zeros", [2, 3], SAME, ("before", "after"), before=[1, 1], after=[1, 2]),
    size("no_minus_one", "zeros", [8, 9], SAME),
    size("no_stride", "zeros", [6, 6], SAME),
    size("ceiling_for_floor", "before", [3, 3], SAME, ("after",), zeros=[5, 6], after=[2, 3]),
    size("not_halved", "before", [5, 6], SAME, zeros=[5, 6]),
    size("same_on_both_sides", "after", [2, 3], SAME, zeros=[5, 6], before=[2, 3]),
    size("no_minus_one", "zeros", [28, 28], KEEPING),
    size("not_halved", "p", [27, 27], KEEPING, zeros=[27, 27]),
    size(
        "length_times_dilation",
        "effective",
        [6, 6],
        "size = 9\nkernel_size = 3\ndilation_rate = 2\n",
        ("size",),
        size=[4, 4],
    ),
    size("no_plus_one", "effective", [4, 4], "size = 9\nkernel_size = 3\ndilation_rate = 2\n"),
    size("no_dilation", "effective", [3, 3], "size = 9\nkernel_size = 3\ndilation_rate = 2\n"),
    size("no_jump", "r2", 7, STACK, r1=3, jump1=2),
    size("no_minus_one", "r2", 13, STACK, r1=3, jump1=2),
    size("multiplied", "r2", 15, STACK, r1=3, jump1=2),
    size("added", "jump2", 5, STACK, jump1=2),
    size("no_jump", "jump2", 3, STACK, jump1=2),
]

# ------------------------------------------------------------------- convolution in a network

IN_LAYERS = f"""
x = {[IMAGE.tolist()]}
y = [1]
layers = [
  {{ layer = "Conv2D", filters = 1, kernel_size = 2, W = {FILTER.tolist()}, b = [1.5] }},
  {{ layer = "MaxPooling2D", pool_size = 3 }},
  {{ layer = "Flatten" }},
  {{ layer = "Dense", units = 1, W = [[0.5]], b = [0.1] }},
]
"""


def batch(values):
    return values[None, ..., None]


TOP = MAP.max() + 1.5
DTOP = 2 * (0.5 * TOP + 0.1 - 1) * 0.5
DZ = np.where(np.arange(9).reshape(3, 3) == MAP.argmax(), DTOP, 0)


def layered(slip, at, answers, follows=()):
    return Case(slip, "network", IN_LAYERS, answers, at, follows)


NETWORKS = [
    layered("kernel_flipped", "z1", {"z1": batch(cross(IMAGE, turned(FILTER)) + 1.5)}),
    layered("no_bias", "z1", {"z1": batch(MAP), "a2": batch(np.array([[MAP.max()]]))}, ("a2",)),
    layered("mean_for_largest", "a2", {"z1": batch(MAP + 1.5), "a2": batch(np.array([[MAP.mean() + 1.5]]))}),
    layered(
        "shared_evenly", "da1", {"da2": batch(np.array([[DTOP]])), "da1": batch(np.full((3, 3), DTOP / 9))}
    ),
    layered("to_every_place", "da1", {"da2": batch(np.array([[DTOP]])), "da1": batch(np.full((3, 3), DTOP))}),
    layered("kernel_flipped", "dW1", {"da1": batch(DZ), "dW1": turned(cross(IMAGE, DZ))[..., None, None]}),
    layered("mean_for_sum", "db1", {"da1": batch(DZ), "db1": [DZ.mean()]}),
]

BOTH_FILTERS = np.stack([FILTER, FILTER.T], axis=-1)[..., None]
DEPTHWISE = f"""
x = {[np.stack([IMAGE, SECOND], axis=-1).tolist()]}
layers = [
  {{ layer = "DepthwiseConv2D", kernel_size = 2, W = {BOTH_FILTERS.tolist()}, b = [1, 2] }},
]
"""
BY_CHANNEL = np.stack([MAP, cross(SECOND, FILTER.T)], axis=-1)[None]
TURNED_BY_CHANNEL = np.stack([cross(IMAGE, turned(FILTER)), cross(SECOND, turned(FILTER.T))], axis=-1)[None]
NETWORKS += [
    Case("no_bias", "network", DEPTHWISE, {"z1": BY_CHANNEL}, "z1", find='["forward"]'),
    Case(
        "kernel_flipped",
        "network",
        DEPTHWISE,
        {"z1": TURNED_BY_CHANNEL + np.array([1, 2])},
        "z1",
        find='["forward"]',
    ),
]

# --------------------------------------------------------------------------------- pooling

POOLED = np.array([[1.0, 3, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [3, 2, 3, 4]])
DPOOL = np.array([[1.0, 2.0], [3.0, 4.0]])
POOL = f"input = {POOLED.tolist()}\ndY = {DPOOL.tolist()}\n"
AVERAGE = POOL + 'pooling = "average"\n'
WINDOWS = POOLED.reshape(2, 2, 2, 2)
EVERY = np.kron(DPOOL, np.ones((2, 2)))
NEGATIVE = "input = [[-1, -2], [-3, -4]]\npadding = 1\n"


def pool(slip, at, answers, given=POOL):
    return Case(slip, "pooling", given, answers, at)


POOLINGS = [
    pool("mean_for_largest", "Y", {"Y": WINDOWS.mean(axis=(1, 3))}),
    pool("largest_for_mean", "Y", {"Y": WINDOWS.max(axis=(1, 3))}, AVERAGE),
    pool("not_divided", "Y", {"Y": WINDOWS.sum(axis=(1, 3))}, AVERAGE),
    pool("padding_counted", "Y", {"Y": [[0, 0], [0, 0]]}, NEGATIVE),
    pool("padding_counted", "Y", {"Y": [[-0.25, -0.5], [-0.75, -1]]}, NEGATIVE + 'pooling = "average"\n'),
    pool("shared_evenly", "dX", {"dX": EVERY / 4}),
    pool("to_every_place", "dX", {"dX": EVERY}),
    pool("not_divided", "dX", {"dX": EVERY}, AVERAGE),
]

# ------------------------------------------------------------------------------- optimizers

G = (0.3, 0.2)
PATH = f"gradients = {list(G)}\nw = 1\n"


def path(slip, at, answers, optimizer, follows=()):
    return Case(slip, "optimizer", f"{PATH}optimizer = {{ {optimizer} }}\n", answers, at, follows)


PLAIN = 'name = "SGD", learning_rate = 0.1'
ADD = PLAIN + ", momentum = 0.9"
SUBTRACT, MEANS = ADD + ', form = "subtract"', ADD + ', form = "average"'
AHEAD = ADD + ', nesterov = "look_ahead"'
ADA = 'name = "Adagrad", learning_rate = 0.1, initial_accumulator_value = 0.1, epsilon = 0.01'
RMS = 'name = "RMSprop", learning_rate = 0.1, rho = 0.8, epsilon = 0.01'
ADAM = 'name = "Adam", learning_rate = 0.1, beta_1 = 0.9, beta_2 = 0.99, epsilon = 0.01'
KERAS = ADAM + ', epsilon_at = "keras"'
ADAMW = 'name = "AdamW", learning_rate = 0.1, weight_decay = 0.5'

V1, R1, R2 = -0.03, 0.19, 0.23
V2 = 0.9 * V1 - 0.1 * 0.2
Q1 = 0.2 * 0.3**2
Q2 = 0.8 * Q1 + 0.2 * 0.2**2
M1, S1 = 0.03, 0.01 * 0.3**2
M2, S2 = 0.9 * M1 + 0.1 * 0.2, 0.99 * S1 + 0.01 * 0.2**2
MHAT2, SHAT2 = M2 / (1 - 0.9**2), S2 / (1 - 0.99**2)

OPTIMIZERS = [
    path("no_learning_rate", "step.1", {"step.1": 0.3, "w.1": 0.7}, PLAIN, ("w.1",)),
    path("uphill", "w.1", {"step.1": 0.03, "w.1": 1.03, "w.2": 1.01}, PLAIN, ("w.2",)),
    path("uphill", "v.2", {"v.1": V1, "v.2": 0.9 * V1 + 0.02}, ADD),
    path("no_learning_rate", "v.2", {"v.1": V1, "v.2": 0.9 * V1 - 0.2}, ADD),
    path("no_past", "v.2", {"v.1": V1, "v.2": -0.02, "w.2": 0.95}, ADD, ("w.2",)),
    path("no_momentum", "v.2", {"v.1": V1, "v.2": V1 - 0.02}, ADD),
    path("velocity_subtracted", "w.1", {"v.1": V1, "w.1": 1.03}, ADD),
    path("uphill", "v.2", {"v.1": 0.03, "v.2": 0.027 - 0.02}, SUBTRACT),
    path("weights_swapped", "v.1", {"v.1": 0.27}, MEANS),
    path("no_complement", "v.2", {"v.1": 0.03, "v.2": 0.027 + 0.2}, MEANS),
    path("no_past", "v.2", {"v.1": 0.03, "v.2": 0.02}, MEANS),
    path("no_momentum", "ahead.2", {"v.1": V1, "w.1": 0.97, "ahead.2": 0.94}, AHEAD),
    path("backwards", "ahead.2", {"v.1": V1, "w.1": 0.97, "ahead.2": 0.997}, AHEAD),
    path("plain_momentum", "w.1", {"v.1": V1, "w.1": 0.97}, ADD + ", nesterov = true"),
    path("no_square", "r.1", {"r.1": 0.4}, ADA),
    path("no_past", "r.2", {"r.1": R1, "r.2": 0.04}, ADA),
    path("no_root", "step.1", {"r.1": R1, "step.1": 0.03 / 0.2}, ADA),
    path("no_epsilon", "step.1", {"r.1": R1, "step.1": 0.03 / np.sqrt(0.19)}, ADA),
    path("epsilon_outside", "step.1", {"r.1": R1, "step.1": 0.03 / (np.sqrt(0.19) + 0.01)}, ADA),
    path("no_learning_rate", "step.1", {"r.1": R1, "step.1": 0.3 / np.sqrt(0.2)}, ADA),
    path("no_gradient", "step.1", {"r.1": R1, "step.1": 0.1 / np.sqrt(0.2)}, ADA),
    path("no_square", "r.2", {"r.1": Q1, "r.2": 0.8 * Q1 + 0.04}, RMS),
    path("weights_swapped", "r.2", {"r.1": Q1, "r.2": 0.2 * Q1 + 0.8 * 0.04}, RMS),
    path("no_complement", "r.2", {"r.1": Q1, "r.2": 0.8 * Q1 + 0.04}, RMS),
    path("factor_squared", "r.2", {"r.1": Q1, "r.2": 0.8 * Q1 + 0.04**2}, RMS),
    path(
        "mean_not_squared",
        "variance.1",
        {"r.1": Q1, "m.1": 0.06, "variance.1": Q1 - 0.06},
        RMS + ", centered = true",
    ),
    path(
        "no_past",
        "v.2",
        {"step.2": 0.02 / np.sqrt(Q2 + 0.01), "v.2": 0.02 / np.sqrt(Q2 + 0.01)},
        RMS + ", momentum = 0.9",
    ),
    path("no_correction", "mhat.2", {"m.2": M2, "mhat.2": M2}, ADAM),
    path("no_power", "vhat.2", {"v.2": S2, "vhat.2": S2 / 0.01}, ADAM),
    path("counted_from_zero", "mhat.2", {"m.2": M2, "mhat.2": M2 / 0.1}, ADAM),
    path("multiplied", "mhat.2", {"m.2": M2, "mhat.2": M2 * 0.19}, ADAM),
    path(
        "no_root", "step.2", {"mhat.2": MHAT2, "vhat.2": SHAT2, "step.2": 0.1 * MHAT2 / (SHAT2 + 0.01)}, ADAM
    ),
    path("epsilon_inside", "step.2", {"step.2": 0.1 * MHAT2 / np.sqrt(SHAT2 + 0.01)}, ADAM),
    path("no_correction", "rate.2", {"rate.2": 0.1}, KERAS),
    path("one_correction", "rate.2", {"rate.2": 0.1 / 0.19}, KERAS),
    path("no_root", "rate.2", {"rate.2": 0.1 * (1 - 0.99**2) / 0.19}, KERAS),
    path("no_learning_rate", "decayed.1", {"decayed.1": 0.5}, ADAMW),
    path("uphill", "decayed.1", {"decayed.1": 1.05}, ADAMW),
]

CLIP = """
x = [[3, 4]]
y = [[1]]
layers = [{ layer = "Dense", units = 1, use_bias = false, W = [[0.5], [-0.5]] }]
optimizer = { name = "SGD", learning_rate = 0.1, %s = 2 }
"""
D = np.array([[-9.0], [-12.0]])  # 2 (-0.5 - 1) x


def clip(slip, at, answers, how="clipnorm", follows=()):
    return Case(slip, "network", CLIP % how, answers, at, follows)


CLIPPINGS = [
    clip("no_root", "normW1", {"dW1": D, "normW1": 225}),
    clip("one_norm", "normW1", {"dW1": D, "normW1": 21}),
    clip(
        "by_value",
        "dW1_clipped",
        {"normW1": 15, "dW1_clipped": [[-2], [-2]], "W1_new": [[0.7], [-0.3]]},
        follows=("W1_new",),
    ),
    clip("only_divided", "dW1_clipped", {"normW1": 15, "dW1_clipped": D / 15}),
    clip("not_clipped", "dW1_clipped", {"dW1_clipped": D}),
    clip("one_side", "dW1_clipped", {"dW1_clipped": D}, "clipvalue"),
]

# -------------------------------------------------------------------------------- schedules


def falling(slip, at, value, schedule):
    given = f"schedule = {{ {schedule} }}\nsteps = 5\noptimizer = {{ name = 'SGD', learning_rate = 0.1 }}\n"
    return Case(slip, "optimizer", given, {at: value}, at)


STEPS = 'name = "StepDecay", decay_rate = 0.5, decay_steps = 2'
SMOOTH = 'name = "ExponentialDecay", decay_rate = 0.5, decay_steps = 2'
INVERSE = 'name = "InverseTimeDecay", decay_rate = 0.5, decay_steps = 2'
COSINE = 'name = "CosineDecay", decay_steps = 8'
POLY = 'name = "PolynomialDecay", decay_steps = 8, end_learning_rate = 0.02, power = 2'

SCHEDULES = [
    falling("no_root", "learning_rate.4", 0.025, 'name = "inverse_sqrt"'),
    falling("counted_from_zero", "learning_rate.4", 0.1 / np.sqrt(3), 'name = "inverse_sqrt"'),
    falling("root_taken", "learning_rate.3", 0.1 / np.sqrt(3), 'name = "inverse"'),
    falling("no_floor", "learning_rate.4", 0.1 * 0.5**1.5, STEPS),
    falling("ceiling_for_floor", "learning_rate.4", 0.025, STEPS),
    falling("counted_from_one", "learning_rate.4", 0.025, STEPS),
    falling("no_decay_steps", "learning_rate.4", 0.0125, STEPS),
    falling("counted_from_one", "learning_rate.4", 0.1 * 0.5**2, SMOOTH),
    falling("no_power", "learning_rate.4", 0.1 * 0.5 * 1.5, SMOOTH),
    falling("no_decay_steps", "learning_rate.4", 0.1 / 2.5, INVERSE),
    falling("no_floor", "learning_rate.4", 0.1 / 1.75, INVERSE + ", staircase = true"),
    falling("exponent_sign", "learning_rate.3", 0.1 * np.exp(0.6), 'name = "natural_decay", k = 0.3'),
    falling("degrees", "learning_rate.5", 0.05 * (1 + np.cos(np.radians(np.pi / 2))), COSINE),
    falling("no_half", "learning_rate.4", 0.1 * (1 + np.cos(np.pi * 3 / 8)), COSINE),
    falling("end_not_subtracted", "learning_rate.3", 0.1 * 0.75**2 + 0.02, POLY),
    falling("end_not_added", "learning_rate.3", 0.08 * 0.75**2, POLY),
]

# ------------------------------------------------------------------------ counts of updates

COUNTS = "rows = 400\nbatch_size = 150\nepochs = 5\n"


def count(slip, at, answers, follows=(), given=COUNTS):
    return Case(slip, "optimizer", given, answers, at, follows)


UPDATES = [
    count("floor_for_ceiling", "batches", {"batches": 2, "updates": 10}, ("updates",)),
    count("not_rounded", "batches", {"batches": 400 / 150}),
    count(
        "size_for_number",
        "batches",
        {"batches": 10, "updates": 10},
        ("updates",),
        "rows = 320\nbatch_size = 10\n",
    ),
    count("full_batch", "last_batch", {"batches": 3, "last_batch": 150}),
    count("rows_that_lack", "last_batch", {"batches": 3, "last_batch": 50}),
    count("number_for_size", "batch_size", {"batch_size": 10}, given="rows = 320\nbatches = 10\n"),
    count("no_epochs", "updates", {"batches": 3, "updates": 3}),
    count("an_update_per_epoch", "updates", {"batches": 3, "updates": 5}),
]

# -------------------------------------------------------------------------------- embedding

TABLE = [[0.1, 0.2], [0.3, 0.5], [0.7, 0.4]]
EMBEDDING = (
    f'x = [[2, 1]]\nlayers = [{{ layer = "Embedding", input_dim = 3, output_dim = 2, W = {TABLE} }}]\n'
)
EMBEDDINGS = [
    Case("counted_from_one", "network", EMBEDDING, {"a1": [[TABLE[1], TABLE[0]]]}, "a1", find='["forward"]')
]

# ---------------------------------------------------------- rates of descent on a quadratic

QUADRATIC = 'formula = "x^2 + 3*y^2"\n'  # eigenvalues 2 and 6


def rate(slip, at, value):
    return Case(slip, "linear_algebra", QUADRATIC, {at: value}, at, find='["learning_rates"]')


RATES = [
    rate("one_for_two", "largest_learning_rate", 1 / 6),
    rate("one_for_two", "best_learning_rate", 1 / 8),
    rate("largest_alone", "best_learning_rate", 1 / 3),
    rate("inverted", "best_factor", 2.0),
]

CASES = [
    *NORMALIZATIONS,
    *DROPOUTS,
    *CONVOLUTIONS,
    *NETWORKS,
    *POOLINGS,
    *OPTIMIZERS,
    *CLIPPINGS,
    *SCHEDULES,
    *UPDATES,
    *EMBEDDINGS,
    *RATES,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_slip_is_named_and_what_follows_counts(case):
    assert_named(case)
