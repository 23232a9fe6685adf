"""Solutions written out: every format is well-formed, complete, and obeys nothing that a sheet says."""

import html.parser
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest

from chainrule.paper.solving import solve

EXAMPLES = Path(__file__).parent.parent / "examples"

HOSTILE = r'''
title = '<script>alert(1)</script> "quotes" & \input{/etc/passwd} `back` $x$ {{ 7*7 }} <% y %> é ą « 中 λ 😀'

[[question]]
id = '"><img src=x onerror=alert(1)> \end{document} %'
topic = "network"
text = """</p><script>alert(2)</script> \\write18{ls} $$ 100% #1 _a_ **b** [l](javascript:alert(1)) << z >>
# heading
| a | b |"""
[question.given]
x = [["λ", "ŵ_a"]]
y = [["中"]]
layers = [{ layer = "Dense", units = 1, activation = "tanh", W = [["w_1_2"], ["script"]], b = ["é"] }]
'''
CLOSED = """
[[question]]
id = "closed"
topic = "network"
closed = true
[question.given]
x = [[1, "√2"]]
y = [[1, 0]]
loss = "categorical_crossentropy"
layers = [{ layer = "Dense", units = 2, activation = "softmax", W = [[1, "1/3"], ["ln 2", "e"]] }]
"""
SMALL = '{ name = "constant", value = 0.01 }'
LARGE = f"""
[[question]]
id = "large"
topic = "network"
rounding = 3
[question.given]
x = {[[i + j for j in range(12)] for i in range(10)]}
y = {[i % 2 for i in range(10)]}
loss = "bce"
batch_size = 4
layers = [
  {{ layer = "Dense", units = 9, activation = "selu", kernel_initializer = {SMALL} }},
  {{ layer = "PReLU" }},
  {{ layer = "Dense", units = 1, activation = "sigmoid", kernel_initializer = {SMALL} }},
]
"""
SHEETS = {
    "week4": (EXAMPLES / "week4.toml").read_text(encoding="utf-8"),
    "xor": (EXAMPLES / "xor.toml").read_text(encoding="utf-8"),
    "symbols": (EXAMPLES / "symbols.toml").read_text(encoding="utf-8"),
    "hostile": HOSTILE,
    "closed": CLOSED,
    "large": LARGE,
}


@pytest.fixture(scope="module", params=SHEETS)
def solution(request):
    return solve(SHEETS[request.param])


@pytest.fixture(scope="module")
def week4():
    return solve(SHEETS["week4"])


def written(solution, folder, ending):
    path = folder / f"solution{ending}"
    solution.save(path)
    return path.read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------ HTML

VOID = {"meta", "br", "hr", "img", "link", "input"}
MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mphantom"),
}
HTML = {
    *("html", "head", "meta", "title", "style", "body", "main", "section", "footer", "h1", "h2", "h3", "p"),
    *("div", "span", "nav", "ol", "li", "a", "figure", "figcaption"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
SVG = {"svg", "defs", "marker", "path", "line", "circle", "rect", "text", "title", "style"}


class Page(html.parser.HTMLParser):
    """Elements and attributes of a page; fails where an element is not closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.attributes, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(self.open)))
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, tuple(self.open)))
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


def test_a_page_stands_alone_and_is_well_formed(solution, tmp_path):
    text = written(solution, tmp_path, ".html")
    page = Page(text)
    for tag, inside in page.elements:
        known = MATHML if tag == "math" or "math" in inside else SVG if "svg" in (tag, *inside) else HTML
        assert tag in known, tag
    loads = {"src", "href", "srcset", "data", "action", "poster", "background"}
    assert not [a for a in page.attributes if a[0] in loads or a[0].startswith("on")]
    addresses = set(re.findall(r"https?://[^\s\"'<>]*", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}
    assert "@import" not in text
    assert "url(" not in text.replace("url(#arrow)", "")


def test_every_formula_and_picture_of_a_page_is_xml(solution, tmp_path):
    text = written(solution, tmp_path, ".html")
    formulas = re.findall(r"<math.*?</math>", text, re.DOTALL)
    assert len(formulas) > 10
    for formula in [*formulas, *re.findall(r"<svg.*?</svg>", text, re.DOTALL)]:
        ET.fromstring(re.sub(r"&(?!amp;|lt;|gt;|quot;|#)", "", formula))


def test_a_page_shows_texts_as_they_are(tmp_path):
    solution = solve(HOSTILE)
    page = Page(written(solution, tmp_path, ".html"))
    assert solution.title in page.text
    assert solution.workings[0].name in page.text
    assert solution.workings[0].text in page.text


def test_a_page_shows_names_formulas_and_values(week4, tmp_path):
    words = "".join(Page(written(week4, tmp_path, ".html")).text.split())
    for said in ("Week4", "(6marks)", "Givenx=(12)"[:5], "88209", "10000", "8.8209", "5049", "−5.94"[1:]):
        assert said in words
    for part in ("Forward", "Loss", "Gradients", "Update", "Numberofupdates", "Computationalgraph"):
        assert part in words


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=5000 --dump-dom"
)
MEASURE = """<!doctype html><meta charset="utf-8"><title>waiting</title>
<iframe style="width:390px;height:800px;border:0"></iframe>
<script type="text/plain" id="page">%s</script>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => {
  const page = frame.contentDocument;
  const text = [...page.querySelectorAll("p, h1, h2")].filter(e => e.getBoundingClientRect().right > 391);
  const width = page.documentElement.scrollWidth, formulas = page.querySelectorAll("math").length;
  document.title = `width=${width} cut=${text.length} math=${formulas}`;
};
frame.srcdoc = decodeURIComponent(document.getElementById("page").textContent);
</script>"""


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
def test_a_page_is_as_wide_as_a_phone(solution, tmp_path):
    from urllib.parse import quote

    page = tmp_path / "measure.html"
    page.write_text(MEASURE % quote(written(solution, tmp_path, ".html")), encoding="utf-8")
    profile = tmp_path / "profile"
    profile.mkdir()
    command = [CHROMIUM, *FLAGS.split(), f"--user-data-dir={profile}", page.as_uri()]
    seen = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    found = re.search(r"<title>width=(\d+) cut=(\d+) math=(\d+)", seen)
    assert found, seen[:300]
    assert int(found[1]) <= 390
    assert found[2] == "0"
    assert int(found[3]) > 10


# ----------------------------------------------------------------------------------- LaTeX


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_latex_compiles_and_reads_no_file(solution, tmp_path):
    written(solution, tmp_path, ".tex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "solution.tex"]
    environment = {**os.environ, "TEXMFVAR": str(tmp_path / "texmf")}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False
    )
    log = run.stdout.decode(errors="replace")
    assert run.returncode == 0, log[-2000:]
    assert (tmp_path / "solution.pdf").stat().st_size > 5000
    assert "Overfull" not in log
    assert "/etc/passwd" not in (tmp_path / "solution.log").read_text(errors="replace")


# -------------------------------------------------------------------------------- Markdown


def test_markdown_has_whole_formulas_and_escaped_texts(solution, tmp_path):
    text = written(solution, tmp_path, ".md")
    unescaped = re.sub(r"\\\$", "", text)
    assert unescaped.count("$$") % 2 == 0
    lines = [line for line in unescaped.splitlines() if "$" in line]
    assert lines
    for line in lines:
        in_prose = r"[|A-Z](?:[^$]*\$[^$]+\$)+[^$]*"
        assert re.fullmatch(rf"\$\$ .+ \$\$|- \$[^$]+\$|{in_prose}", line), line
        assert line.count("{") - line.count(r"\{") == line.count("}") - line.count(r"\}")
    assert not re.search(r"(?<!\\)<(script|img|/p)", text)
    assert text.count("\n# ") + text.startswith("# ") == 1


def test_markdown_contains_the_values(week4, tmp_path):
    text = written(week4, tmp_path, ".md")
    assert r"\frac{88209}{10000}" in text
    assert r"\begin{bmatrix} 1 & 1.7 \end{bmatrix}" in text
    assert "## 1. q1 (6 marks)" in text


# -------------------------------------------------------------------------------- notebook


def test_a_notebook_is_valid_and_its_texts_are_escaped(solution, tmp_path):
    notebook = nbformat.reads(written(solution, tmp_path, ".ipynb"), as_version=4)
    nbformat.validate(notebook)
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"(?<!\\)<(script|img|/p)", texts)
    assert r"\frac" in texts


@pytest.mark.slow
@pytest.mark.parametrize("name", ["week4", "hostile"])
def test_a_notebook_runs(name, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    solution = solve(SHEETS[name])
    notebook = nbformat.reads(written(solution, tmp_path, ".ipynb"), as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(cwd=tmp_path)
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("<math" in output.get("data", {}).get("text/html", "") for output in shown)
    assert any("a1" in output.get("data", {}).get("text/plain", "") for output in shown)


@pytest.mark.parametrize("quotes", ["'''", '"""', "\\", "'"])
def test_the_sheet_in_a_notebook_is_the_sheet(quotes, tmp_path):
    source = SHEETS["xor"] + f"# {quotes}"
    notebook = nbformat.reads(written(solve(source), tmp_path, ".ipynb"), as_version=4)
    (code,) = [cell.source for cell in notebook.cells if "sheet = " in cell.source]
    seen = {}
    exec(code.replace("import chainrule\n", "").partition("solution =")[0], seen)
    assert seen["sheet"].strip() == source.strip()


# ------------------------------------------------------------------------------------ JSON

KEYS = ["name", "value", "decimal", "exact", "rule", "tex", "inputs"]


def pairs(value, decimal):
    """The numbers of two nested lists of the same shape, one with the other."""
    if isinstance(value, list):
        assert isinstance(decimal, list)
        assert len(value) == len(decimal)
        return [pair for parts in zip(value, decimal, strict=True) for pair in pairs(*parts)]
    return [(value, decimal)]


def test_json_has_the_shape_that_the_design_fixes(solution, tmp_path):
    found = json.loads(written(solution, tmp_path, ".json"))
    assert found == solution.to_json()
    assert list(found) == ["title", "questions"]
    for question, working in zip(found["questions"], solution.workings, strict=True):
        assert list(question) == ["id", "topic", "quantities"]
        assert (question["id"], question["topic"]) == (working.name, "network")
        assert [q["name"] for q in question["quantities"]] == working.names
        for quantity in question["quantities"]:
            assert list(quantity) == KEYS
            assert np.asarray(quantity["value"], dtype=object).shape == working[quantity["name"]].shape
            assert all(isinstance(name, str) for name in quantity["inputs"])
            assert isinstance(quantity["rule"], str)
            assert isinstance(quantity["tex"], str)


@pytest.mark.parametrize("name", ["week4", "symbols", "xor", "large"])
def test_json_values_parse_back_to_their_decimals(name):
    for question in solve(SHEETS[name]).to_json()["questions"]:
        for quantity in question["quantities"]:
            for value, decimal in pairs(quantity["value"], quantity["decimal"]):
                if decimal is None:
                    assert question["id"] == "symbols"  # a formula of symbols
                elif quantity["exact"]:
                    assert float(Fraction(value)) == decimal
                else:
                    assert float(Fraction(value)) == pytest.approx(decimal, rel=1e-9)


def test_json_gives_the_decimals_of_closed_forms():
    (quantity,) = [q for q in solve(CLOSED)["closed"].to_json()["quantities"] if q["name"] == "z1"]
    assert quantity["exact"]
    assert quantity["value"][0][0] in ("1 + sqrt(2)*log(2)", "sqrt(2)*log(2) + 1")
    assert quantity["decimal"][0][0] == pytest.approx(1 + 2**0.5 * np.log(2), rel=1e-12)


# --------------------------------------------------------------------------------- endings


@pytest.mark.parametrize("name", ["x.odt", "x", "x.html.gz", ".html", "x.HTM"])
def test_an_unknown_ending_is_refused_and_nothing_written(week4, tmp_path, name):
    with pytest.raises(ValueError, match=r"cannot write .*; expected \.html, \.pdf, \.docx, \.md, "):
        week4.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_ending_in_capitals_is_known(week4, tmp_path):
    week4.save(str(tmp_path / "X.JSON"))
    assert json.loads((tmp_path / "X.JSON").read_text(encoding="utf-8"))["title"] == "Week 4"


def test_one_question_is_saved_alone(week4, tmp_path):
    week4["q3"].save(tmp_path / "q3.html")
    page = Page((tmp_path / "q3.html").read_text(encoding="utf-8"))
    assert "q3" in page.text
    assert "q1" not in page.text


# ------------------------------------------------------------------------ terminal and IPython


def test_a_solution_prints_every_quantity_worked(week4):
    text = str(week4)
    for line in (
        "z₁[2] = 0.3·1 + 0.7·2 + 0 = 17/10",
        "L = (5 − 2.03)² = 88209/10000 = 8.8209",
        "∂L/∂W₂ = [[−297/50], [−5049/500]] = [[−5.94], [−10.098]]",
        "W₁⁽²⁾ = 0.5 − 0.1·(−17.7) = 227/100 = 2.27",
        "b₁⁽²⁾ = 0.3 − 0.1·(−4.95) = 159/200 = 0.795",
        "90081/80000 ≈ 1.12601",
    ):
        assert line in text
    assert "\x1b" not in text
    assert str(week4["q1"]).partition("Given")[2] in text


def test_a_text_cannot_style_the_terminal():
    text = str(solve(SHEETS["xor"].replace("XOR by hand", "[red]XOR[/red] [link=http://x]y[/link]")))
    assert "[red]XOR[/red] [link=http://x]y[/link]" in text


def test_ipython_shows_a_solution_and_a_working_as_html(week4):
    for shown in (week4._repr_html_(), week4["q1"]._repr_html_()):
        assert "<math" in shown
        assert "<svg" in shown
        assert "<html" not in shown
        Page(shown)


def test_an_unknown_question_is_named(week4):
    with pytest.raises(KeyError, match="no question 'q9'; questions are q1, q2, q3"):
        week4["q9"]
