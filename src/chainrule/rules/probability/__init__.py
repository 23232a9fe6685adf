"""Probability: events, Bayes' theorem, random variables, and densities."""
