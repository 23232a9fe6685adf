"""Metrics: what is counted over a data set beside the loss, in training and on paper."""
