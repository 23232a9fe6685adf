"""The sizes of a convolution, and how its work is cut so that its sums stay in registers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.rules.windows import output_shape
from chainrule.training.native import machine

PARTS, FEWER = 16, 4
"""Images are shared among cores in so many parts at most, whatever the cores: sums stay the same."""
LARGE = 2**16
"""Numbers of a kernel. Above, each part's own sum for its gradient would take too much memory."""


def at_a_time(length: int, most: int) -> int:
    """How many places of a row are summed at once: few tiles, and those with enough to do.

    >>> at_a_time(28, 13), at_a_time(8, 13)
    (7, 8)
    """
    return min(range(1, min(length, most) + 1), key=lambda p: (-(-length // p) * max(p, 5), -p))


@dataclass(frozen=True)
class Sizes:
    """Of a convolution over images; all of rows, then columns.

    Zeros lie before an image's first number, and between its numbers, which are so many places apart;
    ``room`` are its lengths with all of them.
    """

    images: int
    lengths: tuple[int, int]
    before: tuple[int, int]
    apart: tuple[int, int]
    room: tuple[int, int]
    channels: int
    kernel: tuple[int, int]
    filters: int
    strides: tuple[int, int]
    dilation: tuple[int, int]

    @property
    def maps(self) -> tuple[int, int]:
        """The lengths of the feature maps."""
        rows, columns = output_shape(self.room, self.kernel, self.strides, self.dilation)
        return rows, columns

    @property
    def is_padded(self) -> bool:
        return self.room != self.lengths

    @property
    def name(self) -> str:
        """All of them, and what the processor has."""
        given = (*self.lengths, *self.before, *self.apart, *self.room, *self.kernel, *self.strides)
        numbers = (self.images, self.channels, self.filters, *given, *self.dilation)
        return "_".join(map(str, (*numbers, self.lanes, machine.vectors().sums)))

    @property
    def parts(self) -> int:
        return min(self.images, PARTS)

    @property
    def sums(self) -> int:
        """Parts of the images whose gradients of the kernel are summed by themselves."""
        return min(self.images, FEWER if self.lines * self.whole > LARGE else PARTS)

    @property
    def lines(self) -> int:
        """Numbers under the kernel."""
        return math.prod(self.kernel) * self.channels

    @property
    def row(self) -> int:
        """Numbers in a row of an image."""
        return self.room[1] * self.channels

    @property
    def runs(self) -> tuple[int, int, int]:
        """Rows of the kernel, its runs in a row, and the numbers of a run, which lie side by side."""
        rows, columns = self.kernel
        if self.dilation[1] == 1:
            return rows, 1, columns * self.channels
        return rows, columns, self.channels

    def met(self, axis: int, place: int) -> list[int]:
        """Which of the kernel's places along an axis lie on numbers, not zeros between, at one of the map."""
        start = place * self.strides[axis] - self.before[axis]
        return [
            at
            for at in range(self.kernel[axis])
            if (start + at * self.dilation[axis]) % self.apart[axis] == 0
        ]

    @property
    def multiplications(self) -> int:
        """Of the whole."""
        return self.images * math.prod(self.maps) * self.lines * self.filters

    @property
    def lanes(self) -> int:
        """Numbers in a vector of filters: no wider than they need."""
        return machine.lanes_for(self.filters)

    @property
    def whole(self) -> int:
        """The filters, rounded up to whole vectors."""
        return -(-self.filters // self.lanes) * self.lanes

    def vectors_at_once(self, most: int) -> int:
        """How many vectors of filters are summed side by side, 4 at most."""
        count = self.whole // self.lanes
        return max(v for v in (1, 2, 4) if count % v == 0 and v <= most)
