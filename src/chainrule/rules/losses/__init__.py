"""Losses: each a term per prediction and the term's slope, summed and divided as the course does.

y is the target and a the prediction, both (m, k): m samples, k outputs. A loss is
Σ term(y, a) / d. "Per element" losses divide by n = m·k (Keras' mean), "per row" losses by m; the
factors ½ and ½m of the courses divide by 2 and by 2m instead.
"""
