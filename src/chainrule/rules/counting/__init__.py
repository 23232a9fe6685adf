"""Counting what a layer costs: shapes, parameters, multiplications, and what a bottleneck saves.

Shapes are arrays: (height, width, channels), or (units) behind a dense layer; a kernel is
(height, width). In the formulas C is the channels of the input, H × W × K the output, f_h × f_w the
kernel, N the inputs of a dense layer, D the multiplier of a depthwise convolution. A multiplication
with a zero of the padding counts too; adding a bias, comparing and dividing do not.
"""
