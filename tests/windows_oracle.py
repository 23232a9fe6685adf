"""Convolution and pooling worked without chainrule: by SciPy, Keras, and counting."""

from fractions import Fraction

import keras
import numpy as np
from scipy.signal import convolve2d, correlate2d


def floats(values):
    """Nested lists of a worksheet, which may hold text as "1/2", as floats."""
    return np.vectorize(lambda v: float(Fraction(str(v))))(np.array(values, dtype=object))


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def same_pads(lengths, spans, strides):
    """Keras' and TensorFlow's padding "same"."""
    pads = []
    for n, f, s in zip(lengths, spans, strides, strict=True):
        total = max((-(-n // s) - 1) * s + f - n, 0)
        pads.append((total // 2, total - total // 2))
    return pads


def pads_of(padding, lengths, spans, strides):
    if padding == "same":
        return same_pads(lengths, spans, strides)
    if padding == "valid":
        return [(0, 0)] * len(lengths)
    entries = [padding] * len(lengths) if isinstance(padding, int) else padding
    return [(p, p) if isinstance(p, int) else tuple(p) for p in entries]


def feature_maps(X, W, b, strides, pads, dilation, flip):
    """X (c, h, w), W (k, c, fh, fw), b (k,) as maps (k, h', w'), by SciPy."""
    laid = convolve2d if flip else correlate2d
    maps = []
    for kernel, bias in zip(W, b, strict=True):
        summed = bias
        for channel, w in zip(X, kernel, strict=True):
            holes = np.zeros([(n - 1) * d + 1 for n, d in zip(w.shape, dilation, strict=True)])
            holes[:: dilation[0], :: dilation[1]] = w
            whole = laid(np.pad(channel, pads), holes, mode="valid")
            summed = summed + whole[:: strides[0], :: strides[1]]
        maps.append(summed)
    return np.array(maps)


def slopes(function, at):
    """The gradient of a function that is linear in each entry, by differences: exact but for rounding."""
    gradient = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[place] = 1
        gradient[place] = (function(at + step) - function(at - step)) / 2
    return gradient


def convolution_answers(given):
    """Maps and gradients of a question of the topic ``convolution`` with numbers."""
    X, W = floats(given["input"]), floats(given["filter"])
    signal = X.ndim == 1
    if signal:
        X, W = X[None], (W[None] if W.ndim == 1 else W[:, None])
    if X.ndim == 2:
        X, W = X[None], (W[None] if W.ndim == 2 else W)[:, None]
    elif W.ndim == 3:
        W = W[None]
    filters, channels = W.shape[:2]
    b = floats(given.get("bias", [0] * filters)).reshape(-1)
    strides, dilation = pair(given.get("strides", 1)), pair(given.get("dilation_rate", 1))
    spans = [d * (f - 1) + 1 for d, f in zip(dilation, W.shape[2:], strict=True)]
    pads = pads_of(given.get("padding", "valid"), X.shape[1:], spans, strides)
    if signal:
        strides, dilation, pads = (1, strides[1]), (1, dilation[1]), [(0, 0), pads[1]]
    more = (strides, pads, dilation, given.get("flip", False))
    Y = feature_maps(X, W, b, *more)
    answers = named("Y", Y, filters)
    if "dY" in given or "loss" in given:
        dY = floats(given["dY"]).reshape(Y.shape) if "dY" in given else np.ones(Y.shape)
        dX = slopes(lambda X: (feature_maps(X, W, b, *more) * dY).sum(), X)
        dW = slopes(lambda W: (feature_maps(X, W, b, *more) * dY).sum(), W)
        answers |= named("dX", dX, channels)
        for k in range(filters):
            name = f"dW{k + 1}" if filters > 1 else "dW"
            inner = named(name + ("_" if filters > 1 and channels > 1 else ""), dW[k], channels)
            answers |= inner
        if "bias" in given:
            answers |= named("db", dY.sum(axis=(1, 2)), filters)
        if "loss" in given:
            answers["loss"] = Y.sum()
    return {name: value[0] if signal and value.ndim == 2 else value for name, value in answers.items()}


def named(stem, arrays, count):
    return {stem if count == 1 else f"{stem}{i + 1}": np.asarray(arrays[i]) for i in range(count)}


def size_answers(given):
    """Sizes and parameters, as Keras builds the layers; the question has height and width."""
    size = given["size"]
    height, width, *channels = (size, size) if isinstance(size, int) else size
    channels = channels[0] if channels else 1
    kernel, strides = pair(given["kernel_size"]), pair(given.get("strides", 1))
    padding, keep = given.get("padding", "valid"), given.get("padding") == "keep"
    layers = [keras.Input((height, width, channels))]
    if keep:
        totals = [(n - 1) * s + f - n for n, s, f in zip((height, width), strides, kernel, strict=True)]
        pads = [(t // 2, t - t // 2) for t in totals]
        layers.append(keras.layers.ZeroPadding2D(pads))
    elif isinstance(padding, int):
        layers.append(keras.layers.ZeroPadding2D(padding))
    in_keras = padding if padding == "same" else "valid"
    convolution = keras.layers.Conv2D(given.get("filters", 1), kernel, strides, in_keras)
    model = keras.Sequential([*layers, convolution])
    answers = {"size": np.array(model.output_shape[1:3])}
    if keep:
        answers |= {"before": np.array([a for a, _ in pads]), "after": np.array([b for _, b in pads])}
        answers["p"] = np.array(totals) / 2
    if padding == "same":
        pads = same_pads((height, width), kernel, strides)
        answers |= {"before": np.array([a for a, _ in pads]), "after": np.array([b for _, b in pads])}
    if "filters" in given:
        answers |= {"shape": np.array(model.output_shape[1:]), "parameters": model.count_params()}
    if "dense" in given:
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(given["dense"]))
        answers["inputs"] = model.layers[-2].output.shape[1]
        answers |= {"dense_parameters": model.layers[-1].count_params(), "total": model.count_params()}
    return answers


def receptive_answers(given):
    """What each layer sees, by marking the inputs that reach one output in the middle."""
    answers, length, layers = {}, given["size"], given["layers"]
    for number in range(1, len(layers) + 1):
        seen = {0}
        for layer in reversed(layers[:number]):
            f, s, d = layer["kernel_size"], layer.get("strides", 1), layer.get("dilation_rate", 1)
            seen = {s * i + d * a for i in seen for a in range(f)}
        answers[f"r{number}"] = max(seen) - min(seen) + 1
        layer = layers[number - 1]
        built = keras.layers.Conv1D(
            1,
            layer["kernel_size"],
            layer.get("strides", 1),
            layer.get("padding", "valid"),
            dilation_rate=layer.get("dilation_rate", 1),
        )
        length = built.compute_output_shape((None, length, 1))[1]
        answers[f"n{number}"] = length
    return answers


def pooling_answers(given):
    """Output, gradient in the input and size, worked window by window."""
    window = pair(given.get("pool_size", 2))
    strides = pair(given.get("strides", window))
    if "size" in given:
        X = np.zeros(pair(given["size"]))
    else:
        X = floats(given["input"])
    pads = pads_of(given.get("padding", "valid"), X.shape, window, strides)
    lengths = [
        (n + sum(pad) - f) // s + 1 for n, pad, f, s in zip(X.shape, pads, window, strides, strict=True)
    ]
    if "size" in given:
        return {"size": np.array(lengths)}
    Y, dX = np.zeros(lengths), np.zeros(X.shape)
    dY = floats(given["dY"]) if "dY" in given else np.ones(lengths)
    for i, j in np.ndindex(*lengths):
        top, left = i * strides[0] - pads[0][0], j * strides[1] - pads[1][0]
        rows = slice(max(top, 0), top + window[0])
        columns = slice(max(left, 0), left + window[1])
        seen = X[rows, columns]
        if given.get("pooling", "max") == "max":
            Y[i, j] = seen.max()
            first = np.unravel_index(seen.argmax(), seen.shape)
            dX[rows, columns][first] += dY[i, j]
        else:
            Y[i, j] = seen.mean()
            dX[rows, columns] += dY[i, j] / seen.size
    return {"size": np.array(lengths), "Y": Y, "dX": dX}


def answers_of(question):
    """Every quantity of a question that is worked here, by its name."""
    given = question["given"]
    if question["topic"] == "pooling":
        return pooling_answers(given)
    if "input" in given:
        return convolution_answers(given)
    return receptive_answers(given) if "layers" in given else size_answers(given)
