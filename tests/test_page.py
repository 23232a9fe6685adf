"""Pages: what a topic writes is shown in every format, and obeys nothing that a sheet says."""

import html.parser
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import nbformat
import numpy as np
import pytest

from chainrule.paper.numbers import Number
from chainrule.paper.output.documents import _prepared
from chainrule.paper.output.html import page as html_page
from chainrule.paper.page import Page
from chainrule.paper.pictures import drawing
from chainrule.paper.prose import as_prose, formulas_in, plain_prose
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.solving import solve
from chainrule.paper.words import Word, text_tex
from chainrule.paper.workings import Document, Solution
from chainrule.rules.activations.classic import sigmoid
from chainrule.rules.activations.rectifiers import relu
from chainrule.rules.affine import linear_map


def picture():
    with drawing("A line") as made:
        made.axes.plot([0, 1], [0, 1])
    return made.svg


def worked(find=None, text="", **more):
    page = Page(Question(id="q", topic="activation", given={}, find=find, text=text, **more))
    page.give("z", [[1, -2]])
    page.give("W", [["1/3"], [1]], symbol=r"\Omega")
    page.give("count", 3, hidden=True)
    page.part("first", "First part")
    page.remark(r"If $z \le 0$, then 50% & more of it_is <b>lost</b> #1.")
    page.work("a", relu.forward, "z")
    page.work("product", linear_map, "z", "W", symbol=r"z\Omega")
    page.part("second", "Second part")
    page.table("Values of $z$", ["$i$", "value | sign"], [["1", page.write(Number("1/3"))], ["2", "a & b"]])
    page.chain(r"\sigma'(z)", (r"\frac{e^{-z}}{(1 + e^{-z})^2}", "the chain rule"), (r"a (1 - a)", ""))
    page.picture("A <line>", picture)
    return page.working()


@pytest.fixture(scope="module")
def document():
    return Document([Solution("Sheet one", [worked(), worked()]), Solution("Sheet two", [worked()])])


def saved(document, folder, ending):
    path = folder / f"made.{ending}"
    document.save(path)
    return path


def test_the_terminal_shows_remark_quantities_table_and_derivation(document):
    text = str(document)
    for line in (
        "1. Sheet one",
        "1.2 q",
        "If z ≤ 0, then 50% & more of it_is <b>lost</b> #1.",
        "a[1] = max(0, 1) = 1",
        "Ω = [[1/3], [1]]",
        "value | sign",
        "σ'(z) = e^(−z)/(1 + e^(−z))²   (the chain rule)",
        "      = a (1 − a)",
    ):
        assert line in text, line
    assert "count" not in text


class Checked(html.parser.HTMLParser):
    """A page's tags; fails where one is not closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in {"meta", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_holds_everything_and_no_tag_of_the_text(document):
    text = html_page(document)
    tags = Checked(text).tags
    assert tags.count("table") == 3
    assert tags.count("figcaption") == 3
    assert "b" not in tags
    assert "line" not in tags
    assert text.count("1/3") == 0  # a fraction is set as one
    assert "1.2. q" in text
    assert 'href="#sheet-2"' in text


def test_latex_sets_everything(document, tmp_path):
    path = saved(document, tmp_path, "tex")
    text = path.read_text(encoding="utf-8")
    assert r"50\% \& more of it\_is" in text
    assert text.count(r"\drawn{made_files/") == 3
    assert len(list((tmp_path / "made_files").iterdir())) == 3
    if not shutil.which("pdflatex"):
        pytest.skip("LaTeX is not installed")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:].decode(errors="replace")


def test_markdown_has_pictures_beside_it(document, tmp_path):
    text = saved(document, tmp_path, "md").read_text(encoding="utf-8")
    assert "| 1 | $\\frac{1}{3}$ |" in text
    assert "<b>" not in text.replace(r"\<b\>", "")
    for name in re.findall(r"\]\((made_files/\d+\.svg)\)", text):
        assert ET.parse(tmp_path / name).getroot().tag.endswith("svg")
    assert len(re.findall(r"made_files", text)) == 3


def test_a_notebook_holds_its_pictures(document, tmp_path):
    notebook = nbformat.read(saved(document, tmp_path, "ipynb"), as_version=4)
    cells = [cell for cell in notebook.cells if "attachments" in cell]
    assert len(cells) == 3
    assert all("(attachment:1.png)" in cell.source for cell in cells)


WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


@pytest.mark.slow
def test_a_word_document_holds_formulas_tables_and_pictures(document, tmp_path):
    with zipfile.ZipFile(saved(document, tmp_path, "docx")) as archive:
        root = ET.fromstring(archive.read("word/document.xml"))
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
    assert len(root.findall(f".//{MATH}oMath")) > 30
    assert len(root.findall(f".//{WORD}tbl")) == 3
    assert len(pictures) >= 1  # equal ones are kept once
    words = "".join(t.text or "" for t in root.iter(f"{WORD}t"))
    assert "50% & more of it_is <b>lost</b> #1." in words
    assert "the chain rule" in words


@pytest.mark.slow
def test_a_pdf_is_made(document, tmp_path):
    path = saved(document, tmp_path, "pdf")
    assert path.read_bytes().startswith(b"%PDF-")
    if not shutil.which("pdftotext"):
        pytest.skip("poppler is not installed")
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert "50% & more of it_is <b>lost</b> #1." in " ".join(text.split())
    assert "the chain rule" in text


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_documents_obey_nothing_that_a_sheet_says(ending, tmp_path):
    text = '![x](/etc/passwd) #include `raw`{=typst} <b>b</b> \\input{x} $$ #read("x") ---\n# h\n~~~\n@cite'
    path = saved(Document([Solution(text, [worked(text=text)])]), tmp_path, ending)
    assert path.stat().st_size > 1000


def test_documents_without_their_extra_say_what_to_install(document, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pypandoc", None)
    with pytest.raises(ValueError, match=r"pip install 'chainrule\[documents\]'"):
        document.save(tmp_path / "x.docx")


def test_find_takes_parts_and_quantities():
    assert worked().names == ["a", "product"]
    assert worked(find=["product"]).names == ["product"]
    assert [part.id for part in worked(find=["second"]).parts] == ["second"]
    with pytest.raises(SheetError, match=r"find: 'b' is no part and no quantity here; parts are first, sec"):
        worked(find=["b"])


def test_json_has_the_quantities_by_name():
    (question,) = Solution("", [worked()]).to_json()["questions"]
    assert [q["name"] for q in question["quantities"]] == ["a", "product"]
    assert question["quantities"][1] == {
        "name": "product",
        "value": [["-5/3"]],
        "decimal": [[-5 / 3]],
        "exact": True,
        "rule": "linear_map",
        "tex": r"z \Omega",
        "inputs": ["z", "W"],
    }


def test_several_sheets_are_a_list_in_json(document):
    assert [sheet["title"] for sheet in document.to_json()["sheets"]] == ["Sheet one", "Sheet two"]


def test_rounding_and_symbols_come_with_the_page():
    page = Page(Question(id="q", topic="activation", given={}, rounding=2))
    page.give("z", 1)
    assert page.work("a", sigmoid.forward, "z")[()] == Number("0.73")
    page = Page(Question(id="q", topic="activation", given={"z": np.array(Number(1))}, closed=True))
    page.give("z", 1)
    assert str(page.work("a", sigmoid.forward, "z")[()]) == "1/(exp(-1) + 1)"
    with pytest.raises(SheetError, match="rounding: a formula cannot be rounded"):
        Page(Question(id="q", topic="activation", given={}, rounding=2, closed=True))


@pytest.mark.parametrize(
    ("text", "tex"),
    [("spam", r"\text{spam}"), (r"a}{\input{x}$", r"\text{a   input x  }"), ("not spam", r"\text{not spam}")],
)
def test_words_of_a_sheet_are_harmless_in_tex(text, tex):
    assert text_tex(text) == tex
    assert Word(text).tex == tex


def test_prose_is_words_and_formulas():
    assert formulas_in("a $b$ $c$") == [(False, "a "), (True, "b"), (False, " "), (True, "c")]
    assert plain_prose("so $z_{1} = 2$") == "so z₁ = 2"
    assert formulas_in(as_prose("5$ for $x$")) == [(False, "5 for x")]


def test_brackets_under_a_script_are_one():
    assert _prepared("(a)^2 and (b)") == "{(a)}^2 and (b)"
    assert _prepared(r"\left( a \right)^{2}") == r"\left( a \right)^{2}"
    assert _prepared("![x](made/1.png)") == "![x](made/1.png)"


def test_a_formula_that_outgrows_paper_is_refused():
    sheet = """
[[question]]
id = "q"
topic = "network"
[question.given]
x = [["p", "q"]]
y = [[1]]
epochs = 9
layers = [
  { layer = "Dense", units = 3, activation = "sigmoid", W = [["a", "b", "c"], ["d", "f", "g"]] },
  { layer = "Dense", units = 1, activation = "sigmoid", W = [["h"], ["k"], ["m"]] },
]
"""
    with pytest.raises(SheetError, match=r"question 'q'.*the formula has more than 3,000 terms"):
        solve(sheet)
