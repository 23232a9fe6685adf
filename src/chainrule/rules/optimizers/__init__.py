"""Update rules of the optimizers.

theta is a parameter, d its gradient, v its velocity, m the average of its gradients, r the sum or the
average of their squares, t the number of the update, counted from 1. All have the parameter's shape.
Source of them all: Keras 3, keras.optimizers.
"""
