"""Convolution: sizes, feature maps and their gradients, over one, two or more axes.

As in Keras, x is (m, h, w, c), the kernel W (fh, fw, c, k), b (k,) and the map (m, h', w', k), for m
samples, c channels and k filters; with one axis less or more, the same without w or with a depth.
``strides`` and ``dilation`` have a number for each of these axes, ``padding`` a pair of numbers of
zeros, before and after; or it is ``"valid"``, ``"same"`` or ``"causal"``. In ``groups``, each share of
the filters sees its own share of the channels alone, and W is (fh, fw, c / groups, k).

What networks call convolution is cross-correlation, written ⋆: the kernel is laid on the input as
it is. With ``flip`` it is turned by 180° first, as mathematics has it, written ∗.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016); for groups
Krizhevsky, Sutskever, Hinton (NeurIPS 2012).
"""
