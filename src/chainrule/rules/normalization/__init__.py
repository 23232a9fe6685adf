"""Normalization: batch normalization and its gradients, layer normalization, and the scaling of features.

x is (m, …, c): m samples (and places, for an image), c features or channels last; a plain vector is one
feature. Statistics of a batch are per feature, over all else; those of layer normalization are per
sample, over the features. Sources: Ioffe, Szegedy, "Batch normalization" (ICML 2015); Ba, Kiros, Hinton,
"Layer normalization" (2016); Keras 3, keras.layers.BatchNormalization and LayerNormalization.
"""
