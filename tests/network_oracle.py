"""The network worksheets worked by JAX in float64, and the questions that tests of the topic ask.

Activations, losses and updates are written out here from their definitions, gradients are ``jax.grad``'s;
nothing of chainrule is used for that.
"""

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from chainrule.paper.solving import solve

WORKSHEETS = Path(__file__).parent.parent / "worksheets"
SHEETS = ("06-networks", "07-gradients", "08-initialization", "10-gradient-descent")


# ------------------------------------------------------------------------------- the oracle

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + jnp.exp(-z)),
    "tanh": lambda z: (jnp.exp(z) - jnp.exp(-z)) / (jnp.exp(z) + jnp.exp(-z)),
    "relu": lambda z: jnp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: jnp.where(z > 0, z, 0.01 * z),
    "softmax": lambda z: jnp.exp(z) / jnp.exp(z).sum(axis=1, keepdims=True),
}
LOSSES = {
    "mse": lambda y, a: ((y - a) ** 2).mean(),
    "1/2m": lambda y, a: ((y - a) ** 2).sum() / (2 * len(y)),
    "1/2": lambda y, a: ((y - a) ** 2).sum() / 2,
    "binary_crossentropy": lambda y, a: -(y * jnp.log(a) + (1 - y) * jnp.log(1 - a)).mean(),
}


def matrix(values, columns=False):
    array = np.array(values, dtype=float)
    return array.T if columns else array


def starting(table, inputs, columns):
    """The first weights of a layer, in rows."""
    units = table["units"]
    zeros = table.get("kernel_initializer") == "zeros"
    layer = {"W": np.zeros((inputs, units)) if zeros else matrix(table["W"], columns)}
    if table.get("use_bias", True):
        layer["b"] = matrix(table.get("b", [0.0] * units), columns).reshape(-1)
    return layer


def layer_activation(table):
    found = table.get("activation", "linear")
    return ACTIVATIONS[found["name"] if isinstance(found, dict) else found]


def passed(parameters, tables, x, shifts=None):
    """z and a of every layer; ``shifts`` are added to the z, to take gradients in them."""
    known = {}
    a = x
    for i, (table, layer) in enumerate(zip(tables, parameters, strict=True), start=1):
        z = a @ layer["W"] + layer.get("b", 0.0) + (0.0 if shifts is None else shifts[i - 1])
        a = layer_activation(table)(z)
        known |= {f"z{i}": z, f"a{i}": a}
    return known, a


def penalty_of(table, parameters, rows):
    by = {"1": 1, "1/2": 2, "1/m": rows, "1/2m": 2 * rows}[table.get("factor", "1")]
    absolute = lambda W: jnp.where(W > 0, W, jnp.where(W < 0, -W, 0.0))  # noqa: E731 - slope 0 at 0
    size = (lambda W: (W**2).sum()) if table["name"] == "l2" else (lambda W: absolute(W).sum())
    return table["lambda"] / by * sum(size(layer["W"]) for layer in parameters)


def reference(question):
    """Every quantity of a network question with numbers, by its name."""
    data = question["given"]
    tables = data["layers"]
    columns = question.get("convention") == "columns"
    x = matrix(data["x"], columns)
    x = x.reshape(1, -1) if x.ndim == 1 else x
    parameters, inputs = [], x.shape[1]
    for table in tables:
        parameters.append(starting(table, inputs, columns))
        inputs = table["units"]
    known, output = passed(parameters, tables, x)
    for i, layer in enumerate(parameters, start=1):
        known |= {f"{key}{i}": value for key, value in layer.items()}
    shifts = [jnp.zeros((len(x), table["units"])) for table in tables]
    if "y" not in data:
        if output.shape[1] == 1:
            total = lambda parameters, shifts: passed(parameters, tables, x, shifts)[1].sum()  # noqa: E731
            gradients(known, total, parameters, shifts, "")
        return known
    y = matrix(data["y"], columns).reshape(output.shape)
    name = data.get("loss", "mse")
    loss = LOSSES[name if isinstance(name, str) else name["factor"]]
    rate = data.get("optimizer", {}).get("learning_rate", 0.01)
    size, penalty = data.get("batch_size", len(x)), data.get("penalty")
    batches = [slice(i, i + size) for i in range(0, len(x), size)] * data.get("epochs", 1)
    known["loss_before"] = loss(y, output)
    for t, rows in enumerate(batches, start=1):
        ending = f".{t}" if len(batches) > 1 else ""
        here = [jnp.zeros((len(x[rows]), table["units"])) for table in tables]
        known |= {name + ending: value for name, value in passed(parameters, tables, x[rows])[0].items()}

        def cost(parameters, shifts, rows=rows):
            return loss(y[rows], passed(parameters, tables, x[rows], shifts)[1])

        known["loss" + ending] = cost(parameters, here)
        slopes = gradients(known, cost, parameters, here, ending)
        if penalty:
            charged = lambda parameters: penalty_of(penalty, parameters, len(x))  # noqa: E731
            known["penalty" + ending] = charged(parameters)
            known["cost" + ending] = known["loss" + ending] + known["penalty" + ending]
            slopes = jax.tree.map(jnp.add, slopes, jax.grad(charged)(parameters))
            for i, layer in enumerate(slopes, start=1):
                known[f"dW{i}_penalized{ending}"] = layer["W"]
        parameters = jax.tree.map(lambda value, slope: value - rate * slope, parameters, slopes)
        for i, layer in enumerate(parameters, start=1):
            known |= {f"{key}{i}{ending or '_new'}": value for key, value in layer.items()}
    known["loss_after"] = loss(y, passed(parameters, tables, x)[1])
    return known


def gradients(known, total, parameters, shifts, ending):
    """Put down the gradients in the parameters and in every z; returns the first."""
    slopes, inner = jax.grad(total, argnums=(0, 1))(parameters, shifts)
    for i, (layer, dz) in enumerate(zip(slopes, inner, strict=True), start=1):
        known |= {f"d{key}{i}{ending}": value for key, value in layer.items()}
        known[f"dz{i}{ending}"] = dz
    return slopes


def studied(question, known):
    """What the studies of a question find, from the quantities of the reference."""
    tables, found = question["given"]["layers"], {}
    depth = len(tables)
    if "factors" in question["find"]:
        norms = [float(jnp.linalg.norm(known[f"dz{i}"])) for i in range(1, depth + 1)]
        for i in range(1, depth):
            found[f"factor{i}"] = norms[i - 1] / norms[i]
        found["product"] = norms[0] / norms[-1]
        found |= {f"norm{i}": norm for i, norm in enumerate(norms, start=1)}
    if "symmetry" in question["find"]:
        last = max(
            (name for name in known if name.startswith("W1") and name != "W1"),
            key=lambda n: int(n.partition(".")[2] or 0),
        )
        units = np.vstack([known[last], known[last.replace("W1", "b1")], known[last.replace("W1", "W2")].T])
        found["different1"] = len(np.unique(np.round(units, 12), axis=1).T)
    if "dead" in question["find"]:
        found["top1"] = known["z1"].max(axis=0)
        found["dead1"] = int((found["top1"] <= 0).sum())
    return found


def sheet_of(name):
    return tomllib.loads((WORKSHEETS / f"{name}.toml").read_text(encoding="utf-8"))["question"]


def answers_of(name):
    text = (WORKSHEETS / "answers" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def has_numbers_only(question):
    data = question["given"]
    if question["topic"] != "network" or "x" not in data:
        return False
    return not any(isinstance(v, str) for v in np.asarray(data["x"], dtype=object).flat)


WORKED = [
    pytest.param(sheet, question, id=f"{sheet}-{question['id']}")
    for sheet in SHEETS
    for question in sheet_of(sheet)
    if has_numbers_only(question)
]


def as_float(answer):
    if isinstance(answer, list):
        return [as_float(part) for part in answer]
    return float(Fraction(answer)) if isinstance(answer, str) else float(answer)


def unit(answer):
    """Half of the last digit of each number of an answer."""
    if isinstance(answer, list):
        return [unit(part) for part in answer]
    return 0.5 * 10.0 ** answer.as_tuple().exponent if isinstance(answer, Decimal) else 0.0


def sheet(given, find=None, more=""):
    """A question of the topic, from what is given."""
    asked = f"find = {find}" if find else ""
    return f"""
[[question]]
id = "q"
topic = "network"
{asked}
{more}
[question.given]
{given}
"""


def floats(values):
    return np.asarray(values, dtype=object).astype(float)


class _Solved(dict):
    """The network worksheets by their names, each solved when it is first asked for."""

    def __missing__(self, name):
        return self.setdefault(name, solve(WORKSHEETS / f"{name}.toml"))


solved = _Solved()


def chain_of(weights, activation, x):
    layers = ", ".join(
        f'{{ layer = "Dense", units = 1, use_bias = false, activation = "{activation}", W = [[{w}]] }}'
        for w in weights
    )
    return sheet(f"x = [[{x}]]\nlayers = [{layers}]", ["factors", "gradients"])


DEAD = """x = [[1, 2], [2, 1]]
y = [1, 2]
penalty = { name = "l2", lambda = 0.5 }
layers = [{ layer = "Dense", units = 2, activation = "relu", W = [[1, 1], [1, 1]], b = [-10, 0] },
  { layer = "Dense", units = 1, W = [[1], [1]] }]"""


ONE = '{ layer = "Dense", units = 1, activation = "linear", W = [[2]] },'


WIDE = "{ layer = 'Dense', units = 200, kernel_initializer = 'ones' },"
