"""Information: entropy, cross-entropy, Kullback-Leibler divergence, mutual information.

Each rule is made for a base of the logarithm: "2" for bits, "e" for nats, or another number's text.
"""
