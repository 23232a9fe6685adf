"""Images looked at in other places: shifted, zoomed, turned or cropped, and the gradient through that.

An image x is (m, h, w, c). The new image has at (i, k) what the old one shows at ``rows[i, k]`` and
``columns[i, k]``: (m, h', w') each, or with a length of 1 along an axis that nothing depends on. They need
not be whole numbers nor lie inside. Between pixels the value is that of the nearest one, or linear along
either axis ("bilinear"). Outside, ``fill_mode`` continues an axis a b c d, with Keras' names:

    constant    k k k k | a b c d | k k k k
    nearest     a a a a | a b c d | d d d d
    reflect     d c b a | a b c d | d c b a
    wrap        a b c d | a b c d | a b c d

So a pixel counts with the product of a share for its row and one for its column; where shares do not add
up to 1, the rest is the fill value's. Floats gather the few pixels that have a share; the sum over all is
the formula. Sources: Jaderberg, Simonyan, Zisserman, Kavukcuoglu, "Spatial transformer networks" (NIPS
2015), equations 4 and 5; Keras 3, keras.ops.image.affine_transform.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from chainrule.rules.arrays import (
    Array,
    absolute,
    constant,
    cos,
    floor,
    is_exact,
    namespace,
    sin,
    total,
    where,
)
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.slipping import CEILING_FOR_FLOOR

FILL_MODES = ("constant", "nearest", "reflect", "wrap")
INTERPOLATIONS = ("bilinear", "nearest")

# ------------------------------------------------------------------------------------ places


def counted(n: int, like: Array) -> Array:
    """0, 1, …, n - 1 in the kind of number of ``like``.

    >>> import numpy as np
    >>> counted(3, np.zeros(2))
    array([0., 1., 2.])
    """
    if is_exact(like):
        first = like.reshape(-1)[:1]
        return np.concatenate([constant(i, first) for i in range(n)])
    return namespace(like).arange(n, dtype=like.dtype)


def _along(x: Array, axis: int) -> Array:
    """The places 0, 1, … of the rows (axis 1) or the columns (axis 2) of x, laid along that axis."""
    n = x.shape[axis]
    return counted(n, x).reshape(1, n, 1) if axis == 1 else counted(n, x).reshape(1, 1, n)


def _middle(places: Array) -> Array:
    return places.max() / 2


def _each(drawn: Array) -> Array:
    """A number per image, beside its places."""
    return drawn.reshape(-1, 1, 1)


_OTHER_DIRECTION = "other_direction", "it is moved the other way"
_AROUND_CORNER = "around_the_corner", "it is done around the first pixel, not around the middle"


@rule(
    tex=r"i - n \cdot <shift>",
    slips=(
        Slip(
            *_OTHER_DIRECTION,
            lambda shift, x, *, axis: _shifted_places(-shift, x, axis=axis),
            r"i + n \cdot <shift>",
        ),
        Slip(
            "in_pixels",
            "the shift is taken in pixels, not as a share of the length",
            lambda shift, x, *, axis: _along(x, axis) - _each(shift),
            "i - <shift>",
        ),
    ),
)
def shifted_places(shift: Array, x: Array, *, axis: int) -> Array:
    """Where to look for an image moved on by ``shift`` of its length along an axis: 1 rows, 2 columns.

    >>> import numpy as np
    >>> shifted_places(np.array([0.5]), np.zeros((1, 4, 4, 1)), axis=1)[0, :, 0]
    array([-2., -1.,  0.,  1.])
    """
    return _shifted_places(shift, x, axis=axis)


def _shifted_places(shift: Array, x: Array, *, axis: int) -> Array:
    return _along(x, axis) - x.shape[axis] * _each(shift)


@rule(
    tex=r"o + <zoom> \cdot (i - o)",
    slips=(
        Slip(
            "inverted",
            "it is divided by the zoom, not multiplied",
            lambda zoom, x, *, axis: _zoomed_places(1 / zoom, x, axis=axis),
            r"o + \frac{1}{<zoom>} \cdot (i - o)",
        ),
        Slip(
            *_AROUND_CORNER,
            lambda zoom, x, *, axis: _each(zoom) * _along(x, axis),
            r"<zoom> \cdot i",
        ),
    ),
)
def zoomed_places(zoom: Array, x: Array, *, axis: int) -> Array:
    """Where to look for an image that shows ``zoom`` times as much as the old one, around its middle o.

    >>> import numpy as np
    >>> zoomed_places(np.array([2.0]), np.zeros((1, 4, 4, 1)), axis=1)[0, :, 0]
    array([-1.5,  0.5,  2.5,  4.5])
    """
    return _zoomed_places(zoom, x, axis=axis)


def _zoomed_places(zoom: Array, x: Array, *, axis: int) -> Array:
    places = _along(x, axis)
    return _middle(places) + _each(zoom) * (places - _middle(places))


@rule(
    tex=r"o_y + \sin(<angle>) \cdot (k - o_x) + \cos(<angle>) \cdot (i - o_y)",
    slips=(
        Slip(
            "other_direction",
            "it is turned the other way",
            lambda angle, x: _rotated_rows(-angle, x),
            r"o_y - \sin(<angle>) \cdot (k - o_x) + \cos(<angle>) \cdot (i - o_y)",
        ),
        Slip(
            *_AROUND_CORNER,
            lambda angle, x: _each(sin(angle)) * _along(x, 2) + _each(cos(angle)) * _along(x, 1),
            r"\sin(<angle>) \cdot k + \cos(<angle>) \cdot i",
        ),
    ),
)
def rotated_rows(angle: Array, x: Array) -> Array:
    """The rows in which to look for an image turned to the left around its middle; shape (m, h, w)."""
    return _rotated_rows(angle, x)


def _rotated_rows(angle: Array, x: Array) -> Array:
    rows, columns = _along(x, 1), _along(x, 2)
    across, down = columns - _middle(columns), rows - _middle(rows)
    return _middle(rows) + _each(sin(angle)) * across + _each(cos(angle)) * down


@rule(
    tex=r"o_x + \cos(<angle>) \cdot (k - o_x) - \sin(<angle>) \cdot (i - o_y)",
    slips=(
        Slip(
            "other_direction",
            "it is turned the other way",
            lambda angle, x: _rotated_columns(-angle, x),
            r"o_x + \cos(<angle>) \cdot (k - o_x) + \sin(<angle>) \cdot (i - o_y)",
        ),
        Slip(
            *_AROUND_CORNER,
            lambda angle, x: _each(cos(angle)) * _along(x, 2) - _each(sin(angle)) * _along(x, 1),
            r"\cos(<angle>) \cdot k - \sin(<angle>) \cdot i",
        ),
    ),
)
def rotated_columns(angle: Array, x: Array) -> Array:
    """The columns in which to look for an image turned to the left around its middle; shape (m, h, w)."""
    return _rotated_columns(angle, x)


def _rotated_columns(angle: Array, x: Array) -> Array:
    rows, columns = _along(x, 1), _along(x, 2)
    across, down = columns - _middle(columns), rows - _middle(rows)
    return _middle(columns) + _each(cos(angle)) * across - _each(sin(angle)) * down


@rule(
    tex=r"\left\lfloor <u> \cdot (n - <length> + 1) \right\rfloor + i",
    slips=(
        Slip(
            "one_place_less",
            "the last place where the part could begin is left out",
            lambda u, x, *, axis, length: _part(floor(u * (x.shape[axis] - length)), x, axis, length),
            r"\left\lfloor <u> \cdot (n - <length>) \right\rfloor + i",
        ),
        Slip(
            *CEILING_FOR_FLOOR,
            lambda u, x, *, axis, length: _part(-floor(-u * (x.shape[axis] - length + 1)), x, axis, length),
            r"\left\lceil <u> \cdot (n - <length> + 1) \right\rceil + i",
        ),
    ),
)
def cropped_places(u: Array, x: Array, *, axis: int, length: int) -> Array:
    """Where to look for a part of so many rows (axis 1) or columns (2), begun where u in [0, 1) says.

    >>> import numpy as np
    >>> cropped_places(np.array([0.9]), np.zeros((1, 5, 5, 1)), axis=1, length=3)[0, :, 0]
    array([2., 3., 4.])
    """
    return _part(floor(u * (x.shape[axis] - length + 1)), x, axis, length)


def _part(start: Array, x: Array, axis: int, length: int) -> Array:
    return _each(start) + _along(x, axis)[:, :length, :length]


# ---------------------------------------------------------------------------------- sampling


def _half(like: Array) -> Array:
    return constant(1, like) / 2


def _folded(places: Array, n: int, fill_mode: str) -> Array:
    """The places of an axis that goes on as the mode says, brought back to where it begins."""
    if fill_mode in ("constant", "nearest"):
        beyond = 1 if fill_mode == "constant" else 0
        low, high = constant(-beyond, places), constant(n - 1 + beyond, places)
        return where(places < low, low, where(places > high, high, places))
    if fill_mode == "wrap":
        return places - n * floor(places / n)
    there_and_back = places + _half(places)  # a reflected axis begins anew after twice its length
    there_and_back = there_and_back - 2 * n * floor(there_and_back / (2 * n))
    return n - _half(places) - absolute(there_and_back - n)


def _shares(places: Array, n: int, interpolation: str, fill_mode: str) -> Iterator[tuple[Array, Array]]:
    """The pixels of an axis that are seen at its places, and their shares; a share outside is 0."""
    places = _folded(places, n, fill_mode)
    if interpolation == "nearest":
        seen = [(floor(places + _half(places)), constant(1, places))]
    else:
        lower = floor(places)
        seen = [(lower, lower + 1 - places), (lower + 1, places - lower)]
    for pixel, share in seen:
        if fill_mode == "constant":
            outside = (pixel < 0) | (pixel >= n)
            yield _folded(pixel, n, "nearest"), where(outside, constant(0, share), share)
        else:  # a fold leaves places up to half a pixel before the first, and one behind the last
            yield _folded(pixel, n, "wrap" if fill_mode == "wrap" else "nearest"), share


def _share_of_each(places: Array, n: int, interpolation: str, fill_mode: str) -> Array:
    """The share of every pixel of an axis at its places; shape (…, n)."""
    pixels = namespace(places).arange(n)
    return sum(
        where(pixel[..., None] == pixels, share[..., None], constant(0, share)[..., None])
        for pixel, share in _shares(places, n, interpolation, fill_mode)
    )


def _gathered(
    x: Array, rows: Array, columns: Array, *, interpolation: str, fill_mode: str, fill_value: Array
) -> Array:
    """The same, looking up only the pixels that have a share."""
    which = namespace(x).arange(x.shape[0]).reshape(-1, 1, 1)
    across = list(_shares(columns, x.shape[2], interpolation, fill_mode))
    seen, shares = 0, 0
    for row, of_row in _shares(rows, x.shape[1], interpolation, fill_mode):
        for column, of_column in across:
            share = (of_row * of_column)[..., None]
            seen = seen + share * x[which, row.astype("int32"), column.astype("int32")]
            shares = shares + share
    return seen + fill_value * (1 - shares) if fill_mode == "constant" else seen


def _products(x: Shape, rows: Shape, columns: Shape) -> int:
    """Four neighbours for each new pixel, of every channel."""
    return 4 * x[0] * max(rows[1], columns[1]) * max(rows[2], columns[2]) * x[3]


@rule(
    tex=r"\sum_{i, k} \rho_i(<rows>) \cdot \rho_k(<columns>) \cdot (<x>)_{i,k}",
    stable=_gathered,
    multiplications=_products,
    as_whole=True,
    slips=(
        Slip(
            "nearest_for_bilinear",
            "the nearest pixel is taken whole, not the share of each of its neighbours",
            lambda x, rows, columns, *, interpolation, fill_mode, fill_value: _sampled(
                x, rows, columns, interpolation="nearest", fill_mode=fill_mode, fill_value=fill_value
            ),
            r"(<x>)_{\left\lfloor <rows> + \frac{1}{2} \right\rfloor,"
            r" \left\lfloor <columns> + \frac{1}{2} \right\rfloor}",
        ),
        Slip(
            "zeros_outside",
            "what lies outside is taken as 0",
            lambda x, rows, columns, *, interpolation, fill_mode, fill_value: _sampled(
                x, rows, columns, interpolation=interpolation, fill_mode="constant", fill_value=0
            ),
            r"\sum_{i, k} \rho_i(<rows>) \cdot \rho_k(<columns>) \cdot (<x>)_{i,k}",
        ),
    ),
)
def sampled(
    x: Array, rows: Array, columns: Array, *, interpolation: str, fill_mode: str, fill_value: Array
) -> Array:
    """What the images show at these places; shape (m, h', w', c). ρ is a pixel's share at a place.

    >>> import numpy as np
    >>> x = np.array([[10.0, 20.0, 30.0]]).reshape(1, 1, 3, 1)
    >>> columns = np.array([-0.5, 0.5, 1.5]).reshape(1, 1, 3)
    >>> options = {"interpolation": "bilinear", "fill_mode": "constant", "fill_value": 0.0}
    >>> sampled(x, np.zeros((1, 1, 1)), columns, **options)[0, 0, :, 0]
    array([ 5., 15., 25.])
    """
    return _sampled(x, rows, columns, interpolation=interpolation, fill_mode=fill_mode, fill_value=fill_value)


def _sampled(
    x: Array, rows: Array, columns: Array, *, interpolation: str, fill_mode: str, fill_value: Array
) -> Array:
    of_rows = _share_of_each(rows, x.shape[1], interpolation, fill_mode)
    of_columns = _share_of_each(columns, x.shape[2], interpolation, fill_mode)
    by_rows = total(of_rows[..., None, None] * x[:, None, None], axis=3)
    seen = total(of_columns[..., None] * by_rows, axis=3)
    if fill_mode != "constant":
        return seen
    shares = total(of_rows, axis=3) * total(of_columns, axis=3)
    return seen + (constant(fill_value, shares) * (1 - shares))[..., None]


@rule(
    tex=r"\sum \rho_i(<rows>) \cdot \rho_k(<columns>) \cdot <da>",
    multiplications=lambda da, x, *_: 2 * size(da) * x[1] * x[2],
    as_whole=True,
)
def sampled_dx(
    da: Array, x: Array, rows: Array, columns: Array, *, interpolation: str, fill_mode: str
) -> Array:
    """Gradient of the loss in the images: each pixel gets its share of every place; shape of x.

    The sum goes over the places of the new image; of x the shape alone is needed.
    """
    m, h, w, c = x.shape
    of_rows = _share_of_each(rows, h, interpolation, fill_mode)
    of_columns = _share_of_each(columns, w, interpolation, fill_mode)
    by_columns = (of_columns[..., None] * da[:, :, :, None]).reshape(m, -1, w * c)
    at_places = namespace(of_rows).broadcast_to(of_rows, (*da.shape[:3], h)).reshape(m, -1, h)
    return (at_places.swapaxes(1, 2) @ by_columns).reshape(x.shape)
