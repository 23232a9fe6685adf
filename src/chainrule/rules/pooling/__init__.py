"""Pooling: the largest number, or the mean, of every window of every channel.

As in Keras, x is (m, h, w, c) and y (m, h', w', c), with more or fewer axes in between. ``pool_size``
and ``strides`` have a number for each of these axes, ``padding`` a pair: how far windows reach out
before the input and after it; or it is ``"valid"`` or ``"same"``. What lies outside counts for nothing,
neither as a largest number nor in a mean (which is divided by how many numbers there are), as in Keras.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016), section 1.2.
"""
