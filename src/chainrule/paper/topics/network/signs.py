"""How the quantities of a network are written: signs of their own, as stacks of matrices, or not at all."""

from __future__ import annotations

import re
from dataclasses import replace

from chainrule.network import DATA_LOSS, Program
from chainrule.network.learning import PENALIZED
from chainrule.optimizers import LEARNING_RATE
from chainrule.optimizers.clipping import CLIPPED
from chainrule.paper.names import tex_name
from chainrule.paper.tape import AFTER, GRADIENTS, KERNEL, LOSS_PART, MAPS, UPDATE, Tape
from chainrule.paper.topics.network.penalty import PENALTY, symbol_of


def say_what_is_stacked(tape: Tape, program: Program) -> None:
    """Say of what belongs to a parameter of three axes or more that it holds no samples."""
    kept = {**program.parameters, **program.carried, **program.frozen}
    for parameter, known in kept.items():
        if len(known.shape) < 3:
            continue
        kind = KERNEL if parameter.startswith("W") else MAPS
        own = re.compile(rf"[a-z]*{parameter}(?![_\d]*\d)")
        for name, quantity in tape.quantities.items():
            if own.match(name) and quantity.value.shape == known.shape:
                tape.quantities[name] = replace(quantity, stacked=kind)


def name_quantities(tape: Tape, program: Program, has_loss: bool, has_penalty: bool) -> None:
    """Give the quantities of a penalty their symbols, and gradients those of what they are gradients of."""
    of = "L"
    if not has_loss:
        of = tex_name(program.output)
    elif any(step.name == DATA_LOSS for step in program.loss):
        of = tex_name(DATA_LOSS)
    for name, quantity in tape.quantities.items():
        symbol = symbol_of(name) if has_penalty else ""
        if not symbol and quantity.part == GRADIENTS:
            symbol = _gradient_tex(name, of)
        if name.partition(".")[0].endswith(CLIPPED) and (of_what := tape[quantity.inputs[0]].symbol):
            symbol = rf"\left( {of_what} \right)^{{\text{{clipped}}}}"
        if symbol:
            is_penalty = has_penalty and quantity.part == LOSS_PART
            part = PENALTY if is_penalty else quantity.part
            tape.quantities[name] = replace(quantity, symbol=symbol, part=part)
    if not any(LEARNING_RATE in step.inputs for step in program.update):
        tape.quantities[LEARNING_RATE] = replace(tape[LEARNING_RATE], hidden=True)


def hide_unused(tape: Tape, program: Program, found: list[str]) -> None:
    """Leave what only updates take out of what is given, where nothing that is shown follows from one."""
    if all(tape[name].update <= 1 and tape[name].part not in (UPDATE, AFTER) for name in found):
        for name in (LEARNING_RATE, *program.state):
            tape.quantities[name] = replace(tape[name], hidden=True)


def _gradient_tex(name: str, of: str) -> str:
    """A gradient's symbol where it is not one of the loss; that with a penalty's part is the loss's again."""
    stem, dot, update = name.partition(".")
    if stem.endswith(PENALIZED):
        return tex_name(stem.removesuffix(PENALIZED) + dot + update)
    return tex_name(name).replace(r"\frac{\partial L}", rf"\frac{{\partial {of}}}") if of != "L" else ""
