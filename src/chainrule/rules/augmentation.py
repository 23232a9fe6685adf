"""Images changed by chance: what is drawn, mirrored, brighter, of more contrast, erased in part.

x is (m, h, w, c), one draw u in [0, 1) or several per image. Where an image looks at other places (shift,
rotation, zoom, crop), rules/sampling.py has the rest. Sources: Shorten, Khoshgoftaar, "A survey on image
data augmentation for deep learning" (Journal of Big Data 2019); DeVries, Taylor, "Improved regularization
of convolutional neural networks with cutout" (2017); Zhong, Zheng, Kang, Li, Yang, "Random erasing data
augmentation" (AAAI 2020); Keras 3, keras.layers.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, namespace, pi, sqrt, total, where
from chainrule.rules.rule import per_element, rule, size
from chainrule.rules.sampling import counted


def _per_image(drawn: Array) -> Array:
    return drawn.reshape(-1, 1, 1, 1)


# ------------------------------------------------------------------------------------- draws


@rule(tex=r"<low> + (<high> - <low>) \cdot <u>", multiplications=per_element(1))
def drawn_between(u: Array, *, low: Array, high: Array) -> Array:
    """A number between the two, evenly; shape of u.

    >>> import numpy as np
    >>> drawn_between(np.array([0.0, 0.75]), low=-2.0, high=2.0)
    array([-2.,  1.])
    """
    start = constant(low, u)
    return start + (constant(high, u) - start) * u


@rule(tex=r"1 + <low> + (<high> - <low>) \cdot <u>", multiplications=per_element(1))
def drawn_factor(u: Array, *, low: Array, high: Array) -> Array:
    """A factor that differs from 1 by a number between the two; shape of u."""
    return 1 + drawn_between.function(u, low=low, high=high)


@rule(tex=r"2 \pi \cdot (<low> + (<high> - <low>) \cdot <u>)", multiplications=lambda u: 2 * size(u))
def drawn_angle(u: Array, *, low: Array, high: Array) -> Array:
    """An angle in radians, between the two in whole turns; shape of u."""
    return 2 * pi(u) * drawn_between.function(u, low=low, high=high)


# ------------------------------------------------------------------------------------- flips


@rule(tex=r"\begin{cases} \operatorname{flip}(<x>) & <mask> = 1 \\ <x> & <mask> = 0 \end{cases}")
def flipped(x: Array, mask: Array, *, axes: tuple[int, ...]) -> Array:
    """The images whose mask is 1 mirrored along the axes, 1 top to bottom and 2 left to right.

    Mirrored twice they are as before, so the gradient goes back by the same rule.

    >>> import numpy as np
    >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> flipped(x, np.array([1.0]), axes=(2,))[0, 0, :, 0]
    array([3., 2., 1., 0.])
    """
    mirrored = x[tuple(slice(None, None, -1 if axis in axes else 1) for axis in range(4))]
    return where(_per_image(mask) == 1, mirrored, x)


# --------------------------------------------------------------------- brightness and contrast


def _between(x: Array, low: Array, high: Array) -> Array:
    least, most = constant(low, x), constant(high, x)
    return where(x < least, least, where(x > most, most, x))


@rule(tex=r"<x> + (<high> - <low>) \cdot <share>")
def brightened(x: Array, share: Array, *, low: Array, high: Array) -> Array:
    """The images brighter by a share of the range of their values; shape of x.

    >>> import numpy as np
    >>> brightened(np.full((1, 1, 2, 1), 100.0), np.array([-0.2]), low=0, high=255).ravel()
    array([49., 49.])
    """
    span = constant(high, share) - constant(low, share)
    return x + _per_image(span * share)


@rule(tex=r"\mu + <factor> \cdot (<x> - \mu)", multiplications=lambda x, factor: size(x))
def contrasted(x: Array, factor: Array) -> Array:
    """The distances of each channel of an image from its mean μ, made larger or smaller; shape of x.

    >>> import numpy as np
    >>> contrasted(np.array([1.0, 3.0]).reshape(1, 1, 2, 1), np.array([0.5])).ravel()
    array([1.5, 2.5])
    """
    mean = _mean(x)
    return mean + _per_image(factor) * (x - mean)


def _mean(x: Array) -> Array:
    return total(x, axis=(1, 2), keepdims=True) / (x.shape[1] * x.shape[2])


@rule(tex=r"\overline{<dz>} + <factor> \cdot (<dz> - \overline{<dz>})", multiplications=per_element(1))
def contrasted_dx(dz: Array, factor: Array) -> Array:
    """Gradient of the loss in the images, the mean's part shared out over a channel; shape of dz.

    The matrix of this change is its own transpose, so it is the change itself.
    """
    return contrasted.function(dz, factor)


@rule(tex=r"\min(\max(<z>, <low>), <high>)")
def clipped(z: Array, *, low: Array, high: Array) -> Array:
    """Values brought back into their range; shape of z.

    >>> import numpy as np
    >>> clipped(np.array([-1.0, 0.5, 2.0]), low=0, high=1)
    array([0. , 0.5, 1. ])
    """
    return _between(z, low, high)


@rule(tex=r"\begin{cases} <da> & <low> \le <z> \le <high> \\ 0 & \text{else} \end{cases}")
def clipped_dz(da: Array, z: Array, *, low: Array, high: Array) -> Array:
    """Gradient of the loss in what was clipped: it passes inside the range; shape of z."""
    inside = (z >= constant(low, z)) & (z <= constant(high, z))
    return where(inside, da, constant(0, da))


# ----------------------------------------------------------------------------------- erasing


@rule(tex=r"\text{1 in the part with sides } \sqrt{<area>}, \text{ begun at } <u>, \text{ else 0}")
def patch(area: Array, u: Array, x: Array) -> Array:
    """The mask of a part of each image, 1 inside; shape (m, h, w, 1).

    ``area`` and ``u`` are (m, 2), for the rows and for the columns: a side is √area of the image's, and
    begins at the part u of the room that is left.

    >>> import numpy as np
    >>> patch(np.array([[1.0, 0.25]]), np.array([[0.0, 1.0]]), np.zeros((1, 2, 4, 1)))[0, ..., 0]
    array([[0., 0., 1., 1.],
           [0., 0., 1., 1.]])
    """
    sides = sqrt(area)
    rows = _inside(sides[:, 0], u[:, 0], x.shape[1])
    columns = _inside(sides[:, 1], u[:, 1], x.shape[2])
    inside = (rows[:, :, None] & columns[:, None, :])[..., None]
    return where(inside, constant(1, area[:1, :1]), constant(0, area[:1, :1]))


def _inside(side: Array, u: Array, n: int) -> Array:
    """Which places of an axis lie in the part; shape (m, n)."""
    length = n * side.reshape(-1, 1)
    start = u.reshape(-1, 1) * (n - length)
    places = counted(n, side)
    return (places >= start) & (places < start + length)


@rule(tex=r"\begin{cases} <patch> & <u> < <chance> \\ 0 & <u> \ge <chance> \end{cases}")
def struck(patch: Array, u: Array, chance: Array) -> Array:
    """The mask of the images that the chance meets, 0 for the others; shape of patch."""
    return where(_per_image(u < chance), patch, constant(0, patch))


@rule(tex=r"\min(\max(<high> \cdot <n>, <low>), <high>)", multiplications=per_element(1))
def erasing_noise(n: Array, *, low: Array, high: Array) -> Array:
    """Noise as dark and as bright as images are, from normal draws n; shape of n. As in Keras."""
    return _between(constant(high, n) * n, low, high)


@rule(tex=r"\text{the colour given}")
def erasing_colour(x: Array, *, values: tuple[Array, ...]) -> Array:
    """One colour everywhere, a value for each channel or one for all; shape (m, h, w, number of values)."""
    channels = [constant(value, x[..., :1]) for value in values]
    return namespace(x).concat(channels, axis=-1)


@rule(tex=r"\begin{cases} <fill> & <mask> = 1 \\ <x> & <mask> = 0 \end{cases}")
def erased(x: Array, mask: Array, fill: Array) -> Array:
    """The images with something else where the mask is 1; shape of x."""
    return where(mask == 1, fill, x)


@rule(tex=r"\begin{cases} 0 & <mask> = 1 \\ <da> & <mask> = 0 \end{cases}")
def erased_dx(da: Array, mask: Array) -> Array:
    """Gradient of the loss in the images: none in what was erased; shape of da."""
    return where(mask == 1, constant(0, da), da)


# ---------------------------------------------------------------------------------- cropping


@rule(tex=r"\operatorname{crop}(<x>)")
def centre_cropped(x: Array, *, height: int, width: int) -> Array:
    """The middle part of each image; shape (m, height, width, c).

    >>> import numpy as np
    >>> centre_cropped(np.arange(9.0).reshape(1, 3, 3, 1), height=1, width=1).ravel()
    array([4.])
    """
    top, left = (x.shape[1] - height) // 2, (x.shape[2] - width) // 2
    return x[:, top : top + height, left : left + width]
