"""Training for real: a network's steps as one compiled JAX program.

Only this package imports JAX, and nothing imports this package before a model is used.
"""
