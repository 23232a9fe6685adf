"""Slips in networks, activations, losses, perceptrons and penalties: each is named, what follows counts."""

import numpy as np
import pytest

from slip_cases import Case, assert_named

# ------------------------------------------------------------------- a network of two layers

X, Y = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[1.0], [2.0]])
W1, B1 = np.array([[0.3, -0.2], [0.5, 0.4]]), np.array([0.1, -0.3])
W2, B2 = np.array([[0.7], [-0.6]]), np.array([0.2])
RATE = 0.1
NETWORK = f"""
x = {X.tolist()}
y = {Y.tolist()}
optimizer = {{ name = "SGD", learning_rate = {RATE} }}
layers = [
  {{ layer = "Dense", units = 2, activation = "%s", W = {W1.tolist()}, b = {B1.tolist()} }},
  {{ layer = "Dense", units = 1, W = {W2.tolist()}, b = {B2.tolist()} }},
]
"""


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def relu(z):
    return np.maximum(0, z)


Z1 = X @ W1 + B1
A1 = sigmoid(Z1)
Z2 = A1 @ W2 + B2
DZ2 = 2 * (Z2 - Y) / 2
DA1 = DZ2 @ W2.T
DZ1 = DA1 * sigmoid_slope(Z1)


def network(slip, at, answers, follows=(), activation="sigmoid"):
    return Case(slip, "network", NETWORK % activation, answers, at, follows)


def forward(z1, activation=sigmoid):
    a1 = activation(z1)
    return {"z1": z1, "a1": a1, "z2": a1 @ W2 + B2}


TANH_Z2 = np.tanh(Z1) @ W2 + B2
TANH_DA1 = (TANH_Z2 - Y) @ W2.T

NETWORKS = [
    network("no_bias", "z1", forward(X @ W1), ("a1", "z2")),
    network("transposed_weights", "z1", forward(X @ W1.T + B1), ("a1", "z2")),
    network("bias_subtracted", "z1", forward(X @ W1 - B1), ("a1", "z2")),
    network("no_activation", "a1", {"z1": Z1, "a1": Z1, "z2": Z1 @ W2 + B2}, ("z2",)),
    network(
        "exponent_sign", "a1", {"a1": 1 / (1 + np.exp(Z1)), "z2": (1 / (1 + np.exp(Z1))) @ W2 + B2}, ("z2",)
    ),
    network("sum_for_mean", "loss", {"z2": Z2, "loss": np.sum((Y - Z2) ** 2)}),
    network("halved", "loss", {"z2": Z2, "loss": np.sum((Y - Z2) ** 2) / 4}),
    network("no_square", "loss", {"z2": Z2, "loss": np.mean(np.abs(Y - Z2))}),
    network("no_factor_two", "dz2", {"dz2": (Z2 - Y) / 2, "dW2": A1.T @ (Z2 - Y) / 2}, ("dW2",)),
    network(
        "sum_for_mean", "dz2", {"dz2": 2 * (Z2 - Y), "db2": np.round(2 * (Z2 - Y), 6).sum(axis=0)}, ("db2",)
    ),
    network(
        "opposite_sign",
        "dW2",
        {"dz2": DZ2, "dW2": -A1.T @ DZ2, "W2_new": W2 + RATE * A1.T @ DZ2},
        ("W2_new",),
    ),
    network("no_input", "dW2", {"dz2": DZ2, "dW2": np.ones_like(A1).T @ DZ2}),
    network("mean_over_rows", "dW2", {"dz2": DZ2, "dW2": A1.T @ DZ2 / 2}),
    network("transposed_gradient", "dW1", {"dz1": DZ1, "dW1": DZ1.T @ X}),
    network("mean_over_rows", "db1", {"dz1": DZ1, "db1": DZ1.mean(axis=0)}),
    network("no_weights", "da1", {"dz2": DZ2, "da1": DZ2 @ np.ones((1, 2))}),
    network(
        "updated_weight",
        "da1",
        {
            "dz2": DZ2,
            "da1": DZ2 @ (W2 - RATE * A1.T @ DZ2).T,
            "dz1": DZ2 @ (W2 - RATE * A1.T @ DZ2).T * A1 * (1 - A1),
        },
        ("dz1",),
    ),
    network("slope_at_activation", "dz1", {"da1": DA1, "dz1": DA1 * sigmoid_slope(A1)}),
    network("pre_activation_in_slope", "dz1", {"da1": DA1, "dz1": DA1 * Z1 * (1 - Z1)}),
    network("value_for_slope", "dz1", {"da1": DA1, "dz1": DA1 * A1, "dW1": X.T @ (DA1 * A1)}, ("dW1",)),
    network("no_slope", "dz1", {"da1": DA1, "dz1": DA1, "dW1": X.T @ np.round(DA1, 6)}, ("dW1",)),
    network("uphill", "W1_new", {"dW1": X.T @ DZ1, "W1_new": W1 + RATE * X.T @ DZ1}),
    network("no_learning_rate", "W1_new", {"dW1": X.T @ DZ1, "W1_new": W1 - X.T @ DZ1}),
    network("no_square", "dz1", {"da1": TANH_DA1, "dz1": TANH_DA1 * (1 - np.tanh(Z1))}, activation="tanh"),
    network(
        "sigmoid_slope",
        "dz1",
        {"da1": TANH_DA1, "dz1": TANH_DA1 * np.tanh(Z1) * (1 - np.tanh(Z1))},
        activation="tanh",
    ),
    network("pre_activation_in_slope", "dz1", {"dz1": TANH_DA1 * (1 - Z1**2)}, activation="tanh"),
    network("slope_at_activation", "dz1", {"dz1": TANH_DA1 * tanh_slope(np.tanh(Z1))}, activation="tanh"),
    network("half_exponent", "a1", {"z1": Z1, "a1": np.tanh(Z1 / 2)}, activation="tanh"),
    network("sigmoid_for_tanh", "a1", {"z1": Z1, "a1": sigmoid(Z1)}, activation="tanh"),
]

# -------------------------------------------------------------- a slip in what is not answered

UNANSWERED = [
    network("no_bias", "a1", {"a1": sigmoid(X @ W1), "z2": sigmoid(X @ W1) @ W2 + B2}, ("z2",)),
    network("no_slope", "dW1", {"dW1": X.T @ DA1, "W1_new": W1 - RATE * X.T @ DA1}, ("W1_new",)),
]

# ------------------------------------------------------------------------- classification

SCORES, CLASSES = np.array([[1.0, 2.0, 0.5], [0.2, -0.4, 1.5]]), np.array([[0, 1.0, 0], [1.0, 0, 0]])
SOFTMAX = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
CLASSIFIER = f"""
x = {SCORES.tolist()}
y = {CLASSES.tolist()}
loss = "categorical_crossentropy"
layers = [{{ layer = "Dense", units = 3, activation = "softmax", W = {np.eye(3).tolist()}, b = [0, 0, 0] }}]
"""


def classifier(slip, at, answers, follows=()):
    return Case(slip, "network", CLASSIFIER, answers, at, follows)


def cross_entropy(a):
    return -np.sum(CLASSES * np.log(a)) / 2


CLASSIFIERS = [
    classifier("no_sum", "a1", {"a1": np.exp(SCORES), "loss": cross_entropy(np.exp(SCORES))}, ("loss",)),
    classifier("no_exponential", "a1", {"a1": SCORES / SCORES.sum(axis=1, keepdims=True)}),
    classifier(
        "sigmoid_for_softmax", "a1", {"a1": sigmoid(SCORES), "dz1": (sigmoid(SCORES) - CLASSES) / 2}, ("dz1",)
    ),
    classifier("sum_over_all_rows", "a1", {"a1": np.exp(SCORES) / np.exp(SCORES).sum()}),
    classifier("log_base_ten", "loss", {"a1": SOFTMAX, "loss": cross_entropy(SOFTMAX) / np.log(10)}),
    classifier("log_base_two", "loss", {"a1": SOFTMAX, "loss": cross_entropy(SOFTMAX) / np.log(2)}),
    classifier("sum_for_mean", "loss", {"a1": SOFTMAX, "loss": 2 * cross_entropy(SOFTMAX)}),
    classifier("mean_over_classes", "loss", {"a1": SOFTMAX, "loss": cross_entropy(SOFTMAX) / 3}),
    classifier("prediction_for_target", "loss", {"loss": -np.sum(SOFTMAX * np.log(SOFTMAX)) / 2}),
    classifier("opposite_sign", "dz1", {"a1": SOFTMAX, "dz1": (CLASSES - SOFTMAX) / 2}),
    classifier(
        "sum_for_mean",
        "dz1",
        {"a1": SOFTMAX, "dz1": SOFTMAX - CLASSES, "dW1": SCORES.T @ np.round(SOFTMAX - CLASSES, 6)},
        ("dW1",),
    ),
    classifier("slope_twice", "dz1", {"dz1": (SOFTMAX - CLASSES) * SOFTMAX * (1 - SOFTMAX) / 2}),
]

# ------------------------------------------------------------------------------ activations

POINTS = np.array([-1.5, 0.0, 0.8])


def activation(slip, name, at, answers, z=POINTS, find="", follows=()):
    return Case(
        slip, "activation", f"activation = {name}\nz = {np.asarray(z).tolist()}", answers, at, follows, find
    )


LEAKY, ELU = '{ name = "leaky_relu", negative_slope = 0.1 }', '"elu"'
ONE_ROW = SCORES[0]
ROW = np.exp(ONE_ROW) / np.exp(ONE_ROW).sum()
OUTER = np.outer(ROW, ROW)
SELU = np.where(POINTS > 0, POINTS, 1.6732632423543772 * (np.exp(POINTS) - 1))

ACTIVATIONS = [
    activation("value_for_slope", '"sigmoid"', "slope", {"a": sigmoid(POINTS), "slope": sigmoid(POINTS)}),
    activation("pre_activation_in_slope", '"sigmoid"', "slope", {"slope": POINTS * (1 - POINTS)}),
    activation("slope_at_activation", '"sigmoid"', "slope", {"slope": sigmoid_slope(sigmoid(POINTS))}),
    activation("no_square", '"tanh"', "slope", {"slope": 1 - np.tanh(POINTS)}),
    activation("slope_at_corner", '"relu"', "slope", {"a": relu(POINTS), "slope": [0, 1, 1]}),
    activation("value_for_slope", '"relu"', "slope", {"a": relu(POINTS), "slope": relu(POINTS)}),
    activation("no_activation", '"relu"', "a", {"a": POINTS}),
    activation("slope_at_corner", LEAKY, "slope", {"slope": [0.1, 1, 1]}),
    activation("plain_relu", LEAKY, "slope", {"slope": [0, 0, 1]}),
    activation("plain_relu", LEAKY, "a", {"a": relu(POINTS)}),
    activation("no_minus_one", ELU, "a", {"a": np.where(POINTS > 0, POINTS, np.exp(POINTS))}),
    activation("no_alpha", ELU, "slope", {"slope": np.where(POINTS > 0, 1, np.exp(POINTS) - 1)}),
    activation("no_scale", '"selu"', "a", {"a": SELU}),
    activation("zero_is_below", '"step"', "a", {"a": [0, 0, 1]}),
    activation(
        "exponent_sign",
        '"softmax"',
        "powers",
        {"powers": np.exp(-ONE_ROW), "sum": np.exp(-ONE_ROW).sum()},
        ONE_ROW,
        "",
        ("sum",),
    ),
    activation(
        "diagonal_only", '"softmax"', "jacobian", {"jacobian": np.diag(ROW * (1 - ROW))}, ONE_ROW, '["slope"]'
    ),
    activation(
        "sign_off_the_diagonal",
        '"softmax"',
        "jacobian",
        {"jacobian": np.abs(np.diag(ROW) - OUTER)},
        ONE_ROW,
        '["slope"]',
    ),
    activation("square_on_the_diagonal", '"softmax"', "jacobian", {"jacobian": -OUTER}, ONE_ROW, '["slope"]'),
]

# ----------------------------------------------------------------------------------- losses

T, P = np.array([1.0, 0.0, 1.0]), np.array([0.8, 0.3, 0.4])
TARGETS, FITS = np.array([3.0, 1.0, 2.0]), np.array([2.5, 3.0, 2.2])
SIGNS, MARGINS = np.array([1.0, -1.0, 1.0]), np.array([1.5, 0.4, -0.3])
SHARE, GUESS = np.array([0.2, 0.5, 0.3]), np.array([0.5, 0.25, 0.25])


def loss(slip, name, y, p, at, answers):
    return Case(slip, "loss", f"loss = {name}\ny = {y.tolist()}\ny_pred = {p.tolist()}", answers, at)


E = TARGETS - FITS
BINARY = -(T * np.log(P) + (1 - T) * np.log(1 - P))
HUBER = '{ name = "huber", delta = 1 }'
SMALL = np.abs(E) <= 1
KL = np.sum(SHARE * np.log(SHARE / GUESS))

LOSSES = [
    loss("sum_for_mean", '"mse"', TARGETS, FITS, "loss", {"loss": np.sum(E**2)}),
    loss("no_square", '"mse"', TARGETS, FITS, "loss", {"loss": np.mean(np.abs(E))}),
    loss("halved", '"mse"', TARGETS, FITS, "loss", {"loss": np.mean(E**2) / 2}),
    loss("half_for_mean", '"mse"', TARGETS, FITS, "loss", {"loss": np.sum(E**2) / 2}),
    loss("no_factor_two", '"mse"', TARGETS, FITS, "dy_pred", {"dy_pred": -E / 3}),
    loss("error_alone", '"mse"', TARGETS, FITS, "dy_pred", {"dy_pred": -E}),
    loss("opposite_sign", '"mse"', TARGETS, FITS, "dy_pred", {"dy_pred": 2 * E / 3}),
    loss("squared", '"mae"', TARGETS, FITS, "loss", {"loss": np.mean(E**2)}),
    loss("error_for_sign", '"mae"', TARGETS, FITS, "dy_pred", {"dy_pred": -E / 3}),
    loss("no_root", '"rmse"', TARGETS, FITS, "rmse", {"loss": np.mean(E**2), "rmse": np.mean(E**2)}),
    loss(
        "cases_swapped",
        HUBER,
        TARGETS,
        FITS,
        "loss",
        {"loss": np.mean(np.where(SMALL, np.abs(E) - 0.5, E**2 / 2))},
    ),
    loss("no_half", HUBER, TARGETS, FITS, "loss", {"loss": np.mean(np.where(SMALL, E**2, np.abs(E) - 0.5))}),
    loss("no_offset", HUBER, TARGETS, FITS, "loss", {"loss": np.mean(np.where(SMALL, E**2 / 2, np.abs(E)))}),
    loss("error_for_sign", HUBER, TARGETS, FITS, "dy_pred", {"dy_pred": -E / 3}),
    loss("log_base_ten", '"binary_crossentropy"', T, P, "loss", {"loss": np.mean(BINARY) / np.log(10)}),
    loss("one_term", '"binary_crossentropy"', T, P, "loss", {"loss": np.mean(-T * np.log(P))}),
    loss(
        "prediction_for_target",
        '"binary_crossentropy"',
        T,
        P,
        "loss",
        {"loss": np.mean(-P * np.log(P) - (1 - P) * np.log(1 - P))},
    ),
    loss("gradient_in_scores", '"binary_crossentropy"', T, P, "dy_pred", {"dy_pred": (P - T) / 3}),
    loss("one_term", '"binary_crossentropy"', T, P, "dy_pred", {"dy_pred": -T / P / 3}),
    loss("no_maximum", '"hinge"', SIGNS, MARGINS, "loss", {"loss": np.mean(1 - SIGNS * MARGINS)}),
    loss("no_margin", '"hinge"', SIGNS, MARGINS, "loss", {"loss": np.mean(relu(-SIGNS * MARGINS))}),
    loss("plus_for_minus", '"hinge"', SIGNS, MARGINS, "loss", {"loss": np.mean(relu(1 + SIGNS * MARGINS))}),
    loss("no_cases", '"hinge"', SIGNS, MARGINS, "dy_pred", {"dy_pred": -SIGNS / 3}),
    loss("no_maximum", '"perceptron"', SIGNS, MARGINS, "loss", {"loss": np.mean(-SIGNS * MARGINS)}),
    loss("no_target", '"perceptron"', SIGNS, MARGINS, "loss", {"loss": np.mean(relu(MARGINS))}),
    loss("no_minus", '"perceptron"', SIGNS, MARGINS, "loss", {"loss": np.mean(relu(SIGNS * MARGINS))}),
    loss("swapped", '"kl_divergence"', SHARE, GUESS, "loss", {"loss": np.sum(GUESS * np.log(GUESS / SHARE))}),
    loss("cross_entropy", '"kl_divergence"', SHARE, GUESS, "loss", {"loss": -np.sum(SHARE * np.log(GUESS))}),
    loss("log_base_two", '"kl_divergence"', SHARE, GUESS, "loss", {"loss": KL / np.log(2)}),
]

# ------------------------------------------------------------------------------- perceptron

GATE = 'gate = "and"\nw = [1.2, 0.6]\nb = 0.2\nthreshold = 1\nlearning_rate = 0.5'
TABLE = f"x = {X.tolist()}\ny = [-1, 1]\nw = [0.4, -0.3]\nb = 0.5\nlearning_rate = 0.2\n"
F = X @ np.array([0.4, -0.3]) + 0.5
DF = np.array([0.5, 0.0])  # of the perceptron loss: row 1 is wrong
W = np.array([0.4, -0.3])


def perceptron(slip, at, answers, given=GATE, follows=(), find=""):
    return Case(slip, "perceptron", given, answers, at, follows, find)


ONE = "x = [1, 2]\nw = [0.5, 0.25]\nb = 0.75"
BOUNDARY = "x = [[0, 0], [1, 0], [1, 1]]\ny = [0, 0, 1]\nw = [0.5, 0.2]\nb = 0.3\nthreshold = 0.5"

PERCEPTRONS = [
    perceptron("no_bias", "z", {"z": 1.0}, ONE),
    perceptron("bias_subtracted", "z", {"z": 0.25}, ONE),
    perceptron("no_weights", "z", {"z": 3.75}, ONE),
    perceptron(
        "zero_is_below",
        "yhat",
        {"yhat": [0, 0, 1]},
        BOUNDARY.replace("0.5\n", "0.5\n", 1).replace("b = 0.3", "b = 0"),
    ),
    perceptron("no_threshold", "yhat", {"z": [0.3, 0.8, 1.0], "yhat": [1, 1, 1]}, BOUNDARY),
    perceptron("other_targets", "yhat", {"z": [0.3, 0.8, 1.0], "yhat": [-1, 1, 1]}, BOUNDARY),
    perceptron("right_counted", "mistakes", {"yhat": [0, 1, 1], "mistakes": 2}, BOUNDARY),
    perceptron("inverted", "slope", {"slope": -0.4}, BOUNDARY),
    perceptron("no_threshold", "intercept", {"intercept": -1.5}, BOUNDARY),
    perceptron("other_weight", "intercept", {"intercept": 0.4}, BOUNDARY),
    perceptron("no_bias", "intercept", {"intercept": 2.5}, BOUNDARY),
    # row (0, 1) of AND: z = 0.8, right; row (1, 0): z = 1.4, wrong
    perceptron("opposite_sign", "w.3", {"z.3": 1.4, "error.3": -1, "w.3": [1.7, 0.6], "b.3": -0.3}),
    perceptron("no_input", "w.3", {"error.3": -1, "w.3": [0.7, 0.1]}),
    perceptron("no_learning_rate", "w.3", {"error.3": -1, "w.3": [0.2, 0.6]}),
    perceptron("no_learning_rate", "b.3", {"error.3": -1, "b.3": -0.8}),
    perceptron("not_corrected", "b.3", {"w.3": [0.7, 0.6], "b.3": 0.2}),
    perceptron("opposite_sign", "error.3", {"yhat.3": 1, "error.3": 1, "w.3": [1.7, 0.6]}, follows=("w.3",)),
    perceptron("no_minus", "terms", {"f": F, "terms": [0, F[1]]}, TABLE + 'loss = "perceptron"'),
    perceptron(
        "no_input",
        "dw",
        {"df": DF, "dw": [0.5, 0.5], "w_new": W - 0.2 * 0.5},
        TABLE + 'loss = "perceptron"',
        ("w_new",),
    ),
    perceptron("mean_over_rows", "dw", {"df": DF, "dw": X.T @ DF / 2}, TABLE + 'loss = "perceptron"'),
    perceptron(
        "uphill", "w_new", {"dw": X.T @ DF, "w_new": W + 0.2 * X.T @ DF}, TABLE + 'loss = "perceptron"'
    ),
]
PENALIZED = TABLE + 'loss = "perceptron"\nalpha = 0.1\npenalty = '
PERCEPTRONS += [
    perceptron("no_square", "penalty", {"penalty": 0.7}, PENALIZED + '"l2"'),
    perceptron("root_taken", "penalty", {"penalty": 0.5}, PENALIZED + '"l2"'),
    perceptron("no_factor_two", "penalty_slope", {"penalty_slope": W}, PENALIZED + '"l2"'),
    perceptron("no_half", "penalty", {"penalty": 0.25}, PENALIZED + '"half_l2"'),
    perceptron("factor_two", "penalty_slope", {"penalty_slope": 2 * W}, PENALIZED + '"half_l2"'),
    perceptron("squared", "penalty", {"penalty": 0.25}, PENALIZED + '"l1"'),
    perceptron("no_absolute", "penalty", {"penalty": 0.1}, PENALIZED + '"l1"'),
    perceptron("weight_for_sign", "penalty_slope", {"penalty_slope": W}, PENALIZED + '"l1"'),
    perceptron(
        "weights_swapped",
        "penalty",
        {"penalty": 0.8 * 0.7 + 0.1 * 0.25},
        PENALIZED + '"elastic"\nl1_ratio = 0.2',
    ),
    perceptron(
        "no_strength",
        "cost",
        {"loss": F[0] / 2, "penalty": 0.25, "cost": F[0] / 2 + 0.25},
        PENALIZED + '"l2"',
    ),
    perceptron(
        "no_penalty",
        "dw_cost",
        {"dw": X.T @ DF, "dw_cost": X.T @ DF, "w_new": W - 0.2 * X.T @ DF},
        PENALIZED + '"l2"',
        ("w_new",),
    ),
]

# -------------------------------------------------------------------- penalties of a network

ONE_LAYER = """
x = [[1, 2], [3, 1]]
y = [[1], [2]]
optimizer = { name = "SGD", learning_rate = 0.1 }
layers = [{ layer = "Dense", units = 1, W = [[0.5], [-0.4]], b = [0] }]
penalty = { name = "%s", lambda = 0.3, factor = "%s" }
"""
V = np.array([[0.5], [-0.4]])
ONE_X = np.array([[1.0, 2.0], [3.0, 1.0]])
DV = ONE_X.T @ (ONE_X @ V - np.array([[1.0], [2.0]]))
SQUARES = 0.41


def penalty(slip, at, answers, kind="l2", factor="1/2m", follows=()):
    return Case(slip, "network", ONE_LAYER % (kind, factor), answers, at, follows)


PENALTIES = [
    penalty("no_square", "penalty", {"penalty": 0.3 / 4 * 0.9}),
    penalty("root_taken", "penalty", {"penalty": 0.3 / 4 * np.sqrt(SQUARES)}),
    penalty("not_divided", "penalty", {"penalty": 0.3 * SQUARES}),
    penalty("no_strength", "penalty", {"penalty": SQUARES}),
    penalty("squared", "penalty", {"penalty": 0.3 * SQUARES}, "l1", "1"),
    penalty("no_factor_two", "dW1_penalized", {"dW1": DV, "dW1_penalized": DV + 0.3 * V}, factor="1"),
    penalty("penalty_subtracted", "dW1_penalized", {"dW1": DV, "dW1_penalized": DV - 0.15 * V}),
    penalty("no_penalty", "dW1_penalized", {"dW1": DV, "dW1_penalized": DV}),
    penalty("not_divided", "dW1_penalized", {"dW1": DV, "dW1_penalized": DV + 0.3 * V}),
    penalty("weight_for_sign", "dW1_penalized", {"dW1": DV, "dW1_penalized": DV + 0.3 * V}, "l1", "1"),
    penalty("not_divided", "decay", {"decay": 0.97, "W1_new": 0.97 * V - 0.1 * DV}, follows=("W1_new",)),
    penalty("no_learning_rate", "decay", {"decay": 0.85}),
    penalty("no_one", "decay", {"decay": 0.015}),
    penalty("no_factor_two", "decay", {"decay": 0.97}, factor="1"),
    penalty("no_decay", "W1_new", {"dW1": DV, "decay": 0.985, "W1_new": V - 0.1 * DV}),
    penalty("uphill", "W1_new", {"dW1": DV, "decay": 0.985, "W1_new": 0.985 * V + 0.1 * DV}),
]

# ------------------------------------------------------------------------- initial weights

SPREAD = 'inputs = 6\nlayers = [{ layer = "Dense", units = 3 }]'


def spread(slip, at, value, **more):
    return Case(slip, "network", SPREAD, {at: value, **more}, at, tuple(more), '["initialization"]')


INITIALIZATIONS = [
    spread("fan_in_alone", "glorot_variance1", 1 / 6, glorot_deviation1=np.sqrt(1 / 6)),
    spread("one_for_two", "glorot_variance1", 1 / 9, glorot_limit1=np.sqrt(1 / 3)),
    spread("two_by_fan_in", "glorot_variance1", 1 / 3),
    spread("fan_out_for_fan_in", "he_variance1", 2 / 3),
    spread("one_for_two", "he_variance1", 1 / 6),
    spread("two_for_one", "lecun_variance1", 1 / 3),
    spread("variance_for_deviation", "he_deviation1", 1 / 3),
    spread("no_factor_three", "he_limit1", np.sqrt(1 / 3)),
    spread("no_root", "lecun_limit1", 0.5),
]

CASES = [
    *NETWORKS,
    *UNANSWERED,
    *CLASSIFIERS,
    *ACTIVATIONS,
    *LOSSES,
    *PERCEPTRONS,
    *PENALTIES,
    *INITIALIZATIONS,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_slip_is_named_and_what_follows_counts(case):
    assert_named(case)
