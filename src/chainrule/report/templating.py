"""The templates of reports, and their style sheet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader

from chainrule.paper.output.html import environment as paper_environment


def style() -> str:
    """The reports' own style sheet."""
    return _text("report.css")


def _text(name: str) -> str:
    return files("chainrule.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """The templates of reports, and those of the pages that they take parts from."""
    paper = paper_environment()
    loader = ChoiceLoader([PackageLoader("chainrule.report"), paper.loader] if paper.loader else [])
    return paper.overlay(loader=loader)
