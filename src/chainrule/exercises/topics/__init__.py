"""Kinds of questions, a file for each topic; a file is found by its name.

Each kind is a function from a :class:`~chainrule.exercises.draws.Draw` to the keys of a question.
"""
