"""PyTorch: eager and compiled, fused optimizers, channels last, batches taken from one tensor.

One thread and all of them are tried before anything is timed, and the quicker is taken.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from measuring import Measured, Trial, cores, timed_training
from problems import first_weights

if TYPE_CHECKING:
    from peers.training import Task

PROBED = 8
"""Updates by which the number of threads is chosen."""


def trained(task: Task, network: Callable[[], Any], compiled: bool, small: bool) -> Measured:
    """The network trained by PyTorch."""
    x, y = task.arrays(small)
    return timed_training(lambda: _trial(task, network(), x, y, compiled), x, y, task.epochs)


def _trial(task: Task, model: Any, x: Any, y: Any, compiled: bool) -> Trial:
    import torch

    torch.manual_seed(0)
    set_first_weights(model)
    model = model.to(memory_format=torch.channels_last)
    inputs, classes = as_input(x), torch.from_numpy(y)

    def loss_of(rows: Any) -> Any:
        return torch.nn.functional.cross_entropy(model(inputs[rows]), classes[rows])

    loss = torch.compile(loss_of) if compiled else loss_of

    def updated(optimizer: Any, batches: Any) -> None:
        for rows in batches:
            optimizer.zero_grad(set_to_none=True)
            loss(rows).backward()
            optimizer.step()

    def optimizer() -> Any:
        return getattr(torch.optim, task.optimizer)(model.parameters(), lr=task.rate, fused=True)

    first = copy.deepcopy(model.state_dict())
    batches = torch.randperm(len(x)).split(task.batch_size)[:PROBED]
    choose_threads(lambda: updated(optimizer(), batches))
    model.load_state_dict(first)
    own = optimizer()

    def train(epochs: int) -> None:
        model.train()
        for _ in range(epochs):
            updated(own, torch.randperm(len(x)).split(task.batch_size))

    return Trial(train, lambda rows: _asked(model, as_input(rows)))


def _asked(model: Any, x: Any) -> Any:
    import torch

    model.eval()
    with torch.inference_mode():
        return torch.softmax(model(x), dim=1).numpy()


def as_input(x: Any) -> Any:
    """Rows as PyTorch takes them: images with their channels first in shape, last in memory."""
    import torch

    tensor = torch.from_numpy(x)
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor


def choose_threads(work: Callable[[], None]) -> None:
    """Set the number of threads, one or all, with which the work goes faster the second time."""
    import torch

    found = {}
    for threads in sorted({1, cores()}):
        torch.set_num_threads(threads)
        work()
        begun = time.perf_counter()
        work()
        found[threads] = time.perf_counter() - begun
    torch.set_num_threads(min(found, key=lambda threads: found[threads]))


def set_first_weights(model: Any, seed: int = 0) -> None:
    """Draw the kernels as :func:`problems.first_weights` does, in the order of the modules; biases are 0."""
    import torch
    from torch import nn

    owners = [m for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    kernels = first_weights([_as_keras(m.weight.detach().numpy()) for m in owners], seed)
    with torch.no_grad():
        for module, kernel in zip(owners, kernels, strict=True):
            module.weight.copy_(torch.from_numpy(_as_torch(kernel)))
            if module.bias is not None:
                module.bias.zero_()


def _as_keras(weight: Any) -> Any:
    return weight.T if weight.ndim == 2 else weight.transpose(2, 3, 1, 0)


def _as_torch(kernel: Any) -> Any:
    return kernel.T if kernel.ndim == 2 else kernel.transpose(3, 2, 0, 1)


def flattened(x: Any) -> Any:
    """Images as vectors, channels last, as they lie in memory: a view."""
    return x.permute(0, 2, 3, 1).flatten(1)
