"""docs/errata.md: its commands work questions that exist, and give the figures that it calls right."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from chainrule.paper.sheet import parse_toml
from chainrule.paper.solving import solve

ROOT = Path(__file__).parent.parent
ERRATA = (ROOT / "docs" / "errata.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"`chainrule solve (worksheets/[\w.-]+\.toml) -q ([\w-]+)`")
WORDS = "Slips of words"

solved = cache(solve)


def entries():
    """The entries as (section, title): text, the line breaks of the file taken out."""
    found = {}
    for section in re.split(r"^## ", ERRATA, flags=re.MULTILINE)[1:]:
        name = section.partition("\n")[0]
        without_headings = re.sub(r"^#.*$", "", section, flags=re.MULTILINE)
        for entry in re.split(r"^- ", without_headings, flags=re.MULTILINE)[1:]:
            text = " ".join(entry.split())
            title = re.match(r"\*\*(.+?)\*\* — ", text).group(1)
            assert (name, title) not in found, title
            found[name, title] = text
    return found


ENTRIES = entries()
COMMANDS = sorted(set(COMMAND.findall(" ".join(ENTRIES.values()))))


def test_every_source_has_its_section():
    assert list(dict.fromkeys(section for section, _ in ENTRIES)) == [
        "Answer sheet A",
        "Answer sheet B",
        "Examination",
        "Lecture notes 1",
        "Lecture notes 2",
        WORDS,
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=": ".join)
def test_an_entry_says_what_is_right_and_names_its_command(entry):
    text = ENTRIES[entry]
    assert re.search(r"; right\b", text), text
    assert bool(COMMAND.search(text)) == (entry[0] != WORDS)
    assert text.count("`chainrule solve") == len(COMMAND.findall(text)), "a command in another form"


@pytest.mark.parametrize(("sheet", "question"), COMMANDS)
def test_a_command_names_a_question_of_a_worksheet(sheet, question):
    questions = parse_toml((ROOT / sheet).read_text(encoding="utf-8"))["question"]
    assert question in {q["id"] for q in questions}


FIGURES = [
    # section, title, question, quantity, which of its numbers (None: all), the figure as it stands there
    ("Answer sheet A", "Question 1, third class", "softmax-last-layer", "a", 2, "0.0986"),
    ("Answer sheet A", "Question 1, third class", "softmax-last-layer", "sum", None, "11.2125"),
    ("Answer sheet A", "Question 2, first layer", "two-hidden-layers", "z1", None, "(-0.423, -0.7195)"),
    ("Answer sheet A", "Question 5, vanishing gradient, step ii", "vanishing", "dz3", None, "0.244995"),
    ("Answer sheet A", "Question 5, step iii", "vanishing", "da2", None, "0.1225"),
    ("Answer sheet A", "Question 5, step iv", "vanishing", "dz2", None, "0.0300273"),
    ("Answer sheet A", "Question 5, step v", "vanishing", "dW2", None, "0.0168806"),
    ("Answer sheet A", "Question 5, step vi", "vanishing", "dz1", None, "0.00369537"),
    (
        "Answer sheet A",
        "Question 5, last line of the vanishing gradient",
        "vanishing",
        "dW1",
        None,
        "0.00184769",
    ),
    ("Answer sheet A", "Question 5, exploding gradient, ∂y/∂a⁽²⁾", "exploding", "da2", None, "5"),
    ("Answer sheet A", "Question 5, exploding gradient, ∂y/∂z⁽²⁾", "exploding", "dz2", None, "5"),
    ("Answer sheet A", "Question 5, exploding gradient, ∂y/∂a⁽⁰⁾", "exploding", "dx", None, "125"),
    ("Answer sheet A", "Question 5, exploding gradient, ∂y/∂w⁽¹⁾", "exploding", "dW1", None, "125"),
    ("Answer sheet A", "Question 5, explanation", "steepest-tanh", "slope", None, "1"),
    (
        "Answer sheet A",
        "Question 6, variance",
        "batch-norm",
        "y",
        None,
        "-1.8284, -0.4142, 1, 2.4142, 3.8284",
    ),
    ("Answer sheet A", "Question 6, output of x = 4", "batch-norm-sample", "y", 1, "-0.26491"),
    ("Answer sheet A", "Question 7, how it matches", "dropout-another-mask", "total", None, "20"),
    ("Answer sheet A", 'Padding ("What should my padding be")', "padding-that-keeps", "p", 0, "13.5"),
    (
        "Answer sheet A",
        "Question 13, multiplications",
        "filter-as-large-as-the-image",
        "multiplications",
        None,
        "3776446464",
    ),
    ("Answer sheet A", "Question 13, the filter", "same-convolution", "multiplications", None, "120422400"),
    ("Answer sheet A", "Question 13, cheaper design", "one-by-one-alone", "saving", None, "115605504"),
    ("Answer sheet A", "Question 14, inception module", "inception", "multiplications", None, "383778816"),
    ("Answer sheet A", "Question 14, saving", "shared-bottleneck", "saving", None, "313524224"),
    ("Answer sheet A", "Question 15", "five-classes", "parameters_second", None, "5125"),
    ("Answer sheet B", "Question 1, S3", "softmax-last-layer", "a", 2, "0.0986"),
    ("Answer sheet B", "Question 1, the sum", "softmax-last-layer", "sum", None, "11.2125"),
    ("Answer sheet B", "Question 2, first layer", "two-hidden-layers-rows", "z1", 0, "-0.9"),
    ("Answer sheet B", "Question 3, hidden values", "xor", "a1", None, "(0, 0), (1, 0), (1, 0), (2, 1)"),
    ("Answer sheet B", "Question 6, variance", "batch-norm", "var", None, "8"),
    (
        "Answer sheet B",
        "Question 6, normalizing",
        "batch-norm-decimals",
        "xhat",
        None,
        "-1.41421, -0.70711, 0, 0.70711, 1.41421",
    ),
    ("Answer sheet B", "Question 13, saving", "filter-as-large-as-the-image", "saving", None, "3770425344"),
    ("Answer sheet B", "Question 13, saving", "same-convolution", "saving", None, "107978752"),
    ("Answer sheet B", "Question 14, cheaper design", "inception", "multiplications_new", None, "104333312"),
    ("Answer sheet B", "Question 15", "classifier-as-convolution", "parameters", None, "5125"),
    ("Examination", "Question 1 i", "sheet-slope", "left", None, "-0.196612"),
    ("Examination", "Question 2 ii", "count-2-12-1", "params", None, "49"),
    ("Examination", "Question 3 b", "examination-padding", "p", 0, "1"),
    ("Examination", "Question 4 ii", "flip-convolution", "dX_size", 0, "5"),
    (
        "Examination",
        "Question 4 iv",
        "flip-convolution",
        "dW",
        None,
        "[[52, 46, 36], [54, 50, 47], [49, 43, 47]]",
    ),
    ("Examination", "Question 5 iii", "sigmoid-at-best", "gradient", None, "1/1048576"),
    ("Lecture notes 1", "Conditional probability, three coins", "three-coins", "P_A", None, "1/2"),
    ("Lecture notes 1", "Normal distribution", "standard-normal", "pdf1", None, "0.398942"),
    ("Lecture notes 1", "Expectation", "values", "E_X", None, "3/4"),
    ("Lecture notes 1", "10 September, AND gate, second epoch", "and-training", "b_new", None, "-0.5"),
    ("Lecture notes 1", "11 September, entropy of (0.7, 0.2, 0.1)", "three-classes", "H_p", None, "1.156780"),
    ("Lecture notes 1", "13 September, KL divergence", "conversion", "KL", None, "0.736966"),
    ("Lecture notes 1", "13 September, KL divergence", "conversion", "KL_reversed", None, "0.531004"),
    (
        "Lecture notes 1",
        "13 September, variance of the uniform density",
        "uniform-2-5",
        "variance",
        None,
        "3/4",
    ),
    ("Lecture notes 1", "13 September, CE(f ∥ g)", "uniform-densities", "CE", None, "1"),
    ("Lecture notes 1", "15 September, parameters of 4-3-2-1", "count-4-3-2-1", "params", None, "26"),
    ("Lecture notes 1", "13 October, mini-batches, ∂L/∂b of batch 1", "mini-batch", "db1.1", None, "-3"),
    ("Lecture notes 1", "13 October, mini-batches, ∂L/∂w of batch 2", "mini-batch", "dW1.2", None, "-17.7"),
    ("Lecture notes 1", "11 October, recall", "spam-filter", "recall", None, "8/9"),
    ("Lecture notes 1", "11 October, F1", "spam-filter", "f1", None, "16/19"),
    ("Lecture notes 1", "30 October, question 1", "three-inputs-sigmoid", "yhat", None, "0.731059"),
    ("Lecture notes 1", "30 October, question 2", "count-3-2-1", "params", None, "11"),
    (
        "Lecture notes 1",
        "Cosine similarity (struck out)",
        "cosine-similarity",
        "cosine_A_B",
        None,
        "0.980998",
    ),
    ("Lecture notes 1", "Example 1, momentum, step 2", "momentum-three-steps", "w.2", None, "-0.135"),
    ("Lecture notes 1", "Example 2, falling learning rate", "rate-over-root", "w.3", None, "-0.054058"),
    ("Lecture notes 1", "Example 3, Adam, m̂ of iteration 3", "adam-three-steps", "mhat.3", None, "0.193"),
    ("Lecture notes 1", "Example 3, Adam, v̂ of iteration 3", "adam-three-steps", "vhat.3", None, "0.0466"),
    (
        "Lecture notes 1",
        "Example 3, Adam, Δw of iteration 3 and table",
        "adam-three-steps",
        "step.3",
        None,
        "0.0089",
    ),
    ("Lecture notes 1", "Example 3, Adam, θ", "adam-three-steps", "w.3", None, "-0.0286397"),
    (
        "Lecture notes 1",
        "3 December, 32 × 32 × 3, 16 filters, 10 neurons",
        "parameters-valid",
        "total",
        None,
        "144458",
    ),
    (
        "Lecture notes 1",
        "3 December, feature map of the 5 × 5 input",
        "cross-filter",
        "Y",
        None,
        "[[7, 6, 5], [5, 5, 6], [5, 5, 7]]",
    ),
    (
        "Lecture notes 1",
        "3 December, feature map of the 2 × 2 input",
        "padded-diagonal",
        "Y",
        None,
        "[[2, 2], [1, 2]]",
    ),
    ("Lecture notes 1", "6 December, pooling 10 × 10", "pooled-size", "size", 0, "4"),
    ("Lecture notes 2", "Derivatives, sum", "placement-loss", "dw", None, "(2, 61/3)"),
    ("Lecture notes 2", "Mean absolute error", "packages", "mae", None, "0.175"),
    ("Lecture notes 2", "Binary cross-entropy", "log-loss", "loss", None, "0.314711"),
    ("Lecture notes 2", "Mini-batches of 320 rows", "batches-of-ten", "updates", None, "32"),
    ("Lecture notes 2", "Vanishing gradient", "vanishing-update", "w.1", None, "0.999999"),
    ("Lecture notes 2", "Batch normalization", "epsilon-outside", "xhat", 3, "1.231493"),
    ("Lecture notes 2", "Batch normalization", "epsilon-inside", "xhat", 3, "1.290994"),
]


def numbers(figure):
    return re.findall(r"-?\d+(?:\.\d+|/\d+)?", figure)


def agrees(value, figure):
    """Whether a value is the figure: exactly, or to as many decimals as the figure has."""
    if "." not in figure:
        return str(value) == figure
    value = value.number() if hasattr(value, "is_number") else value
    return (
        abs(Decimal(float(value)) - Decimal(figure))
        <= Decimal(1).scaleb(Decimal(figure).as_tuple().exponent) / 2
    )


@pytest.mark.parametrize(("section", "title", "question", "quantity", "which", "figure"), FIGURES)
def test_what_the_errata_call_right_is_what_the_command_gives(
    section, title, question, quantity, which, figure
):
    text = ENTRIES[section, title]
    right = text.partition("; right")[2].partition("`chainrule")[0]
    assert re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d/])", right), right
    (sheet,) = [sheet for sheet, named in COMMAND.findall(text) if named == question]
    values = np.asarray(solved(ROOT / sheet)[question][quantity]).ravel()
    values = values if which is None else values[[which]]
    assert len(values) == len(numbers(figure))
    for value, number in zip(values, numbers(figure), strict=True):
        assert agrees(value, number), (value, number)


def test_the_figures_are_compared_to_their_last_digit():
    assert agrees(Fraction(8, 9), "8/9")
    assert not agrees(Fraction(8, 9), "2/3")
    assert agrees(Fraction(8, 9), "0.889")
    assert not agrees(Fraction(8, 9), "0.888")
