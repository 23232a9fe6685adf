"""Derivations by name, whose results are formulas; and those that end in numbers."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind

Derivation = tuple[str, list[str], dict[str, Any]]
"""A question, what to find, and what is given."""

SIMPLE: tuple[Derivation, ...] = (
    (
        "Derive the slope of the sigmoid a = 1/(1 + e^(−z)) as a formula. Find a and the slope at z = 0, "
        "where the slope is largest.",
        ["slope", "a0", "slope0"],
        {"identity": "sigmoid_derivative"},
    ),
    (
        "Derive the slope of tanh as a formula. Find tanh and its slope at z = 0, where the slope is "
        "largest.",
        ["slope", "a0", "slope0"],
        {"identity": "tanh_derivative"},
    ),
    (
        "Find the inverse of the sigmoid p = 1/(1 + e^(−z)), as a formula in p.",
        ["inverse"],
        {"identity": "sigmoid_inverse"},
    ),
    ("Find the inverse of a = tanh(z), as a formula in a.", ["inverse"], {"identity": "tanh_inverse"}),
    (
        "Write the variance of X by m2, the expectation of X², and mu, the expectation of X.",
        ["variance"],
        {"identity": "variance"},
    ),
    (
        "Write the Kullback-Leibler divergence by ce, the cross-entropy, and h, the entropy.",
        ["kl"],
        {"identity": "kl_divergence"},
    ),
    (
        "p is the sigmoid of z, and y the target, 0 or 1. Derive the slope of the binary cross-entropy by z, "
        "as a formula in p and y.",
        ["delta"],
        {"identity": "sigmoid_crossentropy"},
    ),
)


@kind("easy")
def derivation(draw: Draw) -> Drawn:
    """A formula that one derives once: slopes and inverses of activations, variance, divergence."""
    text, find, given = draw.choice(SIMPLE)
    return {"text": text, "find": find, "given": given}


@kind("medium")
def softmax(draw: Draw) -> Drawn:
    """The slopes of softmax, and of the cross-entropy behind it, as formulas."""
    classes = draw.integer(2, 4)
    last = f"a{classes}"
    text, find, given = draw.choice(
        (
            (
                f"Softmax of {classes} classes has the outputs a1 to {last}. Derive the slope of each output "
                "by each input, as formulas in the outputs: a row for each output, a column for each input.",
                ["jacobian"],
                {"identity": "softmax_derivative", "classes": classes},
            ),
            (
                f"Softmax of {classes} classes has the outputs p1 to p{classes}; the targets y1 to "
                f"y{classes} sum to 1. Derive the slope of the cross-entropy by each input of softmax, as "
                "formulas in p and y.",
                ["delta"],
                {"identity": "softmax_crossentropy", "classes": classes},
            ),
            (
                f"Softmax has {classes} classes; c is added to each of its inputs z1 to z{classes}. Show "
                "that the outputs do not change, and write them down as formulas in z1 and the others, "
                "without c.",
                ["a"],
                {"identity": "softmax_shift", "classes": classes},
            ),
        )
    )
    return {"text": text, "find": find, "given": given}


CORNERS = (
    ("leaky_relu", "negative_slope", "Leaky ReLU is z for z > 0, and {}z for z < 0."),
    ("elu", "alpha", "ELU is z for z > 0, and {}(e^z − 1) for z < 0."),
)


@kind("easy", "medium")
def corner(draw: Draw) -> Drawn:
    """The slopes of an activation on both sides of 0: is it differentiable there?"""
    name, key, told = draw.choice(CORNERS)
    level = draw.decimal(*draw.by((0.1, 2, "0.1"), (0.02, 1.5, "0.02"), (0.1, 2, "0.1")))
    if name == "elu" and draw.chance():
        level = 1
    number = "" if level == 1 else str(level)
    return {
        "text": f"{told.format(number)} Find its slope for z > 0 and for z < 0, as formulas in z. Is it "
        "differentiable at 0?",
        "find": ["slope_positive", "slope_negative", "differentiable"],
        "given": {"identity": "activation_derivative", "activation": {"name": name, key: level}},
    }


@kind("easy", "medium")
def uniform(draw: Draw) -> Drawn:
    """Mean and variance of a uniform distribution, by integrals."""
    a, b = sorted(draw.different(2, -9, 20, draw.by("1", "0.5", "1")))
    return {
        "text": "X is uniform between a and b: its density is 1/(b − a) there. Find its mean and its "
        "variance by integrals.",
        "find": ["mean", "variance"],
        "given": {"identity": "uniform", "a": a, "b": b},
    }


@kind("medium", "hard")
def linear_layers(draw: Draw) -> Drawn:
    """Linear layers after one another as one layer: its weights and its bias in letters."""
    sizes = [draw.integer(1, 2), draw.integer(1, draw.by(2, 2, 3)), 1]
    return {
        "text": f"A linear layer of {sizes[1]} {'unit' if sizes[1] == 1 else 'units'} and one of 1 unit "
        f"stand behind {sizes[0]} {'input' if sizes[0] == 1 else 'inputs'}, both as z = a W + b, with w_1_jk "
        "from unit j to unit k of layer 1 and b_1k its biases, and w_2_j1 and b_21 of layer 2. Show that "
        "they are one linear layer z = x W + b: find its W and its b as formulas.",
        "find": ["W", "b"],
        "given": {"identity": "linear_layers", "sizes": sizes},
    }


LOSSES: tuple[tuple[str, dict[str, str]], ...] = (("(a_21 − y_1)²", {"loss": "mse"}), ("½(a_21 − y_1)²", {}))


@kind("hard")
def backpropagation(draw: Draw) -> Drawn:
    """All gradients of a network of two units, in letters."""
    inputs, (loss, named) = draw.integer(1, 2), draw.choice(LOSSES)
    entries = "one input x_1" if inputs == 1 else "two inputs x_1 and x_2"
    hidden, output = draw.choice(
        (("sigmoid", "linear"), ("tanh", "linear"), ("linear", "linear"), ("linear", "sigmoid"))
    )
    return {
        "text": f"A network has {entries}, one {hidden} hidden unit and one {output} output; z = a W + b "
        "with w_1_j1 from input j to layer 1, and w_2_11 to layer 2; a_11 is the output of layer 1, a_21 "
        f"that of layer 2, y_1 the target. The loss is {loss}. Derive the gradients by backpropagation, as "
        "formulas in these letters.",
        "find": ["dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1"],
        "given": {
            "identity": "backpropagation",
            "sizes": [inputs, 1, 1],
            "activations": [hidden, output],
            **named,
        },
    }
