"""Activations: each with its derivative, its TeX and its name in Keras.

One entry makes an activation work on paper, in training and in the reports. An entry's
functions take the pre-activation z (and what trains in it, as PReLU's slope); its derivative takes
z and the activation a, and says what the slope is at a corner: the courses' choice, f'(0) = f'(0-).
"""
