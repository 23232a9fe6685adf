"""Marking: answers beside a worked question, the first wrong step, and the slip that made it."""
