"""Examples of the rules of windows."""

from chainrule.rules import convolution, windows
from rule_examples.drawing import sizes


def examples():
    yield windows.same_padding, sizes(29, 7, 3)
    yield windows.zeros_before, sizes(5)
    yield windows.zeros_after, sizes(5, 2)
    yield convolution.effective_size, sizes(3, 2)
    yield convolution.output_size, sizes(29, 5, 2, 2, 3)
    yield convolution.keeping_padding, sizes(28, 5, 2)
    yield convolution.padding_on_each_side, sizes(27)
    yield convolution.receptive_field, sizes(5, 3, 2)
    yield convolution.receptive_jump, sizes(2, 3)
