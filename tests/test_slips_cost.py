"""Slips in counting: the answers of students who make them, worked by hand, and how they are marked."""

import pytest

from chainrule.marking.sheet import check

CONVOLUTION = (
    'input = [28, 28, 3]\nlayers = [{ layer = "Conv2D", filters = 8, kernel_size = 5, strides = 2 }]'
)
"""12 × 12 × 8; 75 · 8 + 8 = 608 parameters; 1152 · 75 = 86400 multiplications."""
PADDED = CONVOLUTION.replace("strides = 2", "padding = [2, 2]")
UNBIASED = CONVOLUTION.replace("strides = 2", "use_bias = false")
GROUPED = 'input = [8, 8, 4]\nlayers = [{ layer = "Conv2D", filters = 6, kernel_size = 3, groups = 2 }]'
UNBIASED_GROUPS = GROUPED.replace("groups = 2", "groups = 2, use_bias = false")
DEPTHWISE = 'input = [8, 8, 4]\nlayers = [{ layer = "DepthwiseConv2D", kernel_size = 3 }]'
UNBIASED_DEPTHWISE = DEPTHWISE.replace("kernel_size = 3", "kernel_size = 3, use_bias = false")
SEPARABLE = 'input = [8, 8, 4]\nlayers = [{ layer = "SeparableConv2D", filters = 6, kernel_size = 3 }]'
UNBIASED_SEPARABLE = SEPARABLE.replace("kernel_size = 3", "kernel_size = 3, use_bias = false")
DENSE = (
    'input = [10]\nlayers = [{ layer = "Dense", units = 4 }, { layer = "Dense", units = 3 }]\nbatch_size = 2'
)
"""44 and 15 parameters, 40 and 12 multiplications, 17 values."""
UNBIASED_DENSE = DENSE.replace("units = 4", "units = 4, use_bias = false")
AT_PLACES = 'input = [5, 5, 3]\nlayers = [{ layer = "Dense", units = 4 }]'
FLAT = 'input = [4, 4, 3]\nlayers = [{ layer = "BatchNormalization" }, { layer = "Flatten" }]'
BRANCHES = """input = [32, 32, 192]
layers = [{ branches = [
  [{ layer = "Conv2D", filters = 128, kernel_size = 3, padding = "same" }],
  [{ layer = "Conv2D", filters = 32, kernel_size = 5, padding = "same" }],
] }]"""
INCEPTION = f"{BRANCHES}\nwidth = [64, 16]"
"""383778816 multiplications; with 1 × 1 convolutions 12582912 + 75497472 + 3145728 + 13107200 = 104333312."""
ADDED = """input = [8, 8, 4]
layers = [{ join = "add", branches = [
  [{ layer = "Conv2D", filters = 6, kernel_size = 3, padding = "same" }],
  [{ layer = "Conv2D", filters = 6, kernel_size = 1 }],
] }]"""
WIDE = """input = [28, 28, 192]
layers = [{ layer = "Conv2D", filters = 32, kernel_size = 5, padding = "same" }]"""
"""120422400 multiplications; each filter of a bottleneck takes 150528 + 627200."""


def marked(given, answers):
    question = f'[[question]]\nid = "q"\ntopic = "cost"\n[question.given]\n{given}'
    lines = "\n".join(f"{name} = {value}" for name, value in answers.items())
    return {a.name: a for a in check(question, f"[q]\n{lines}").questions[0].answers}


CASES = [
    (CONVOLUTION, "shape1", "[13, 13, 8]", "ceiling_for_floor"),
    (CONVOLUTION, "shape1", "[11, 11, 8]", "no_plus_one"),
    (CONVOLUTION, "shape1", "[12, 12, 3]", "channels_kept"),
    (PADDED, "shape1", "[26, 26, 8]", "padding_on_one_side"),
    (CONVOLUTION, "parameters1", "600", "biases_left_out"),
    (CONVOLUTION, "parameters1", "601", "one_bias"),
    (CONVOLUTION, "parameters1", "208", "channels_left_out"),
    (CONVOLUTION, "parameters1", "76", "filters_left_out"),
    (CONVOLUTION, "parameters", "600", "biases_left_out"),
    (UNBIASED, "parameters1", "608", "biases_counted"),
    (UNBIASED, "parameters1", "200", "channels_left_out"),
    (UNBIASED, "parameters1", "75", "filters_left_out"),
    (CONVOLUTION, "multiplications1", "28800", "channels_left_out"),
    (CONVOLUTION, "multiplications1", "10800", "filters_left_out"),
    (CONVOLUTION, "multiplications1", "470400", "every_pixel_of_the_input"),
    (CONVOLUTION, "multiplications1", "2709504", "filter_as_large_as_the_input"),  # 1152 · 28 · 28 · 3
    (GROUPED, "parameters1", "222", "groups_left_out"),
    (GROUPED, "parameters1", "108", "biases_left_out"),
    (GROUPED, "parameters1", "57", "one_group"),
    (GROUPED, "multiplications1", "7776", "groups_left_out"),
    (GROUPED, "multiplications1", "1944", "channels_left_out"),
    (UNBIASED_GROUPS, "parameters1", "114", "biases_counted"),
    (UNBIASED_GROUPS, "parameters1", "216", "groups_left_out"),
    (DEPTHWISE, "parameters1", "36", "biases_left_out"),
    (DEPTHWISE, "parameters1", "148", "full_convolution"),
    (DEPTHWISE, "parameters1", "10", "channels_left_out"),
    (DEPTHWISE, "multiplications1", "324", "channels_left_out"),
    (DEPTHWISE, "multiplications1", "5184", "full_convolution"),
    (UNBIASED_DEPTHWISE, "parameters1", "40", "biases_counted"),
    (UNBIASED_DEPTHWISE, "parameters1", "144", "full_convolution"),
    (SEPARABLE, "parameters1", "40", "one_by_one_left_out"),
    (SEPARABLE, "parameters1", "30", "depthwise_left_out"),
    (SEPARABLE, "parameters1", "60", "biases_left_out"),
    (SEPARABLE, "parameters1", "70", "depthwise_biases_counted"),
    (SEPARABLE, "parameters1", "222", "full_convolution"),
    (SEPARABLE, "multiplications1", "1296", "one_by_one_left_out"),
    (SEPARABLE, "multiplications1", "864", "depthwise_left_out"),
    (SEPARABLE, "multiplications1", "7776", "full_convolution"),
    (UNBIASED_SEPARABLE, "parameters1", "36", "one_by_one_left_out"),
    (UNBIASED_SEPARABLE, "parameters1", "24", "depthwise_left_out"),
    (UNBIASED_SEPARABLE, "parameters1", "66", "biases_counted"),
    (DENSE, "parameters1", "40", "biases_left_out"),
    (DENSE, "parameters1", "41", "one_bias"),
    (DENSE, "parameters1", "50", "bias_for_each_input"),
    (DENSE, "parameters", "44", "last_left_out"),
    (DENSE, "parameters", "52", "biases_left_out"),  # in both layers
    (UNBIASED_DENSE, "parameters1", "44", "biases_counted"),
    (UNBIASED_DENSE, "parameters1", "14", "added"),
    (DENSE, "multiplications1", "44", "biases_counted"),
    (DENSE, "multiplications1", "14", "added"),
    (DENSE, "values", "7", "input_left_out"),
    (DENSE, "batch_values", "17", "one_sample"),
    (DENSE, "parameter_bytes", "1888", "in_bits"),  # 59 · 4 · 8
    (DENSE, "parameter_bytes", "59", "bytes_left_out"),
    (AT_PLACES, "multiplications1", "12", "places_left_out"),
    (FLAT, "parameters1", "6", "moving_averages_left_out"),
    (FLAT, "parameters1", "192", "for_every_number"),
    (FLAT, "moving1", "3", "one_average"),
    (FLAT, "moving1", "96", "for_every_number"),
    (FLAT, "shape2", "[16]", "channels_left_out"),
    (FLAT, "shape2", "[11]", "added"),
    (BRANCHES, "shape1", "[32, 32, 128]", "one_branch"),
    (ADDED, "shape1", "[8, 8, 12]", "channels_added"),
    (ADDED, "multiplications", "13824", "one_by_one_left_out"),
    (INCEPTION, "multiplications_new", "88604672", "one_by_one_left_out"),
    (INCEPTION, "saving", "104333312", "second_alone"),
    (INCEPTION, "saving", "488112128", "added"),
    (INCEPTION, "saving", "295174144", "one_by_one_left_out"),
    (INCEPTION, "ratio", "0.2719", "inverted"),
    (INCEPTION, "percent", "267.84", "of_the_smaller"),
    (INCEPTION, "percent", "27.19", "remaining_share"),
    (f"{WIDE}\nwidth = 16", "each1", "627200", "one_by_one_left_out"),
    (f"{WIDE}\nwidth = 16", "each1", "150528", "one_by_one_alone"),
    (f"{WIDE}\nwidth = 16", "break_even1", "0.006458", "inverted"),
    (f"{WIDE}\nwidth = 16", "largest_width1", "155", "ceiling_for_floor"),
    (f"{WIDE}\nwidth = 16", "largest_width1", "154.84", "not_rounded"),
    (f"{WIDE}\nbudget = 20000000", "width", "26", "ceiling_for_floor"),
    (f"{WIDE}\nbudget = 20000000", "width", "25.716", "not_rounded"),
]


@pytest.mark.parametrize(("given", "name", "answer", "slip"), CASES)
def test_a_slip_is_named(given, name, answer, slip):
    found = marked(given, {name: answer})[name]
    assert found.verdict == "wrong"
    assert slip in (found.slip or "").split("|")


@pytest.mark.parametrize(
    ("given", "wrong", "slip", "follows"),
    [
        (
            INCEPTION,
            {"multiplications_new": "88604672"},
            "one_by_one_left_out",
            {"saving": "295174144", "ratio": "4.331", "percent": "76.91"},
        ),
        (
            CONVOLUTION,
            {"parameters1": "600"},
            "biases_left_out",
            {"parameters": "600", "parameter_bytes": "2400"},
        ),
        (CONVOLUTION, {"shape1": "[13, 13, 8]"}, "ceiling_for_floor", {"multiplications1": "101400"}),
        (f"{WIDE}\nwidth = 16", {"each1": "627200"}, "one_by_one_left_out", {"break_even1": "192"}),
    ],
)
def test_what_is_counted_from_a_slip_follows(given, wrong, slip, follows):
    found = marked(given, {**wrong, **follows})
    (name,) = wrong
    assert (found[name].verdict, found[name].slip) == ("wrong", slip)
    assert [found[other].verdict for other in follows] == ["follows"] * len(follows)
