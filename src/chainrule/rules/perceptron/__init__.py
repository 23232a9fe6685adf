"""The perceptron: its output, its training rule, its line, and penalties on its weights.

x is (m, n), or one row (n,); w is (n,), b and the threshold θ single numbers; z = w·x + b.
"""
