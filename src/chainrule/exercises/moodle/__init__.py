"""Worksheets for Moodle: every question with its answers, their tolerance, and the slips as feedback."""

from chainrule.exercises.moodle.quiz import quiz

__all__ = ["quiz"]
