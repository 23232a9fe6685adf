"""The topic ``convolution``: feature maps and their gradients, sizes, receptive fields.

What is given decides what is worked: ``input`` and ``filter``, a feature map; ``size`` and
``kernel_size``, sizes and parameters; ``layers``, the receptive field of a stack.
"""

from __future__ import annotations

from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.convolution.given import Given
from chainrule.paper.topics.convolution.maps import solve_maps
from chainrule.paper.topics.convolution.receptive import solve_receptive_field
from chainrule.paper.topics.convolution.sizes import solve_sizes
from chainrule.paper.workings import Working

__all__ = ["Given", "solve"]

_SHARED = ("strides", "padding", "dilation_rate")
_KINDS = {
    "input": (solve_maps, ("input", "filter", "bias", "flip", "dY", "loss", *_SHARED)),
    "layers": (solve_receptive_field, ("layers", "size")),
    "size": (solve_sizes, ("size", "kernel_size", "filters", "use_bias", "dense", *_SHARED)),
}


def solve(question: Question) -> Working:
    """Work a feature map, sizes, or a receptive field.

    Raises SheetError for what does not go together, WorkError for what cannot be worked.
    """
    given: Given = question.given
    kind = next((key for key in _KINDS if key in given.model_fields_set), None)
    if kind is None:
        raise SheetError("given: expected input and filter, size and kernel_size, or layers")
    work, keys = _KINDS[kind]
    if others := sorted(given.model_fields_set - set(keys)):
        raise SheetError(f"given.{others[0]}: does not go with {kind}; what does is {', '.join(keys)}")
    return work(question)
