"""Examples of the rules of windows."""

from chainrule.rules import windows
from chainrule.rules.convolution import sizes as convolution_sizes
from rule_examples.drawing import sizes


def examples():
    yield windows.same_padding, sizes(29, 7, 3)
    yield windows.zeros_before, sizes(5)
    yield windows.zeros_after, sizes(5, 2)
    yield convolution_sizes.effective_size, sizes(3, 2)
    yield convolution_sizes.output_size, sizes(29, 5, 2, 2, 3)
    yield convolution_sizes.keeping_padding, sizes(28, 5, 2)
    yield convolution_sizes.padding_on_each_side, sizes(27)
    yield convolution_sizes.receptive_field, sizes(5, 3, 2)
    yield convolution_sizes.receptive_jump, sizes(2, 3)
