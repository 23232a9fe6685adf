"""A solution as a Jupyter notebook that runs: the working to read, and code that works it again."""

from __future__ import annotations

from base64 import b64encode

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from chainrule.paper.output.markdown import heading, markdown
from chainrule.paper.output.pictures import Draw, Placed, png
from chainrule.paper.workings import Document, Solution


def notebook(document: Document) -> str:
    """The notebook's JSON: one section per question, then the sheet and the code that solves it."""
    cells = [new_markdown_cell(f"# {heading(document.title)}")]
    for sheet in document.sheets:
        if len(document.sheets) > 1:
            cells.append(new_markdown_cell(f"# {heading(sheet.title)}"))
        for working in sheet.workings:
            attached: dict[str, dict[str, str]] = {}
            one = markdown(Document([Solution(sheet.title, [working])]), _attaching(attached))
            cell = new_markdown_cell(one.partition("\n")[2].strip())
            if attached:
                cell.attachments = attached
            cells.append(cell)
        if sheet.source:
            again = "solution = chainrule.solve(sheet)\nsolution"
            code = f"import chainrule\n\nsheet = {_literal(sheet.source)}\n{again}"
            cells += [
                new_markdown_cell("## Work it again\n\nChange a number in the sheet and run the cells."),
                new_code_cell(code),
                new_code_cell("{w.name: [q.name for q in w.quantities] for w in solution.workings}"),
            ]
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for number, cell in enumerate(made.cells, start=1):
        cell["id"] = f"cell-{number}"
    nbformat.validate(made)
    return f"{nbformat.writes(made)}\n"


def _attaching(attached: dict[str, dict[str, str]]) -> Placed:
    """Puts pictures into the cell itself."""

    def place(draw: Draw) -> str:
        name = f"{len(attached) + 1}.png"
        attached[name] = {"image/png": b64encode(png(draw())).decode()}
        return f"attachment:{name}"

    return place


def _literal(text: str) -> str:
    """The text as a Python string over several lines; as a plain literal where quotes forbid it."""
    if "'''" in text or "\\" in text or text.endswith("'"):
        return repr(text)
    return f"'''\n{text.strip()}\n'''"
