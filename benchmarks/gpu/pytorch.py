"""PyTorch on a device: eager and compiled, fused optimizers, channels last, batches taken from one tensor."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from measuring import Measured
from peers.pytorch import as_input, set_first_weights
from peers.training import Task

from gpu.rates import by_pytorch
from gpu.timing import Trial, timed

MODE = "reduce-overhead"
"""Of ``torch.compile``: forward and backward pass each run as a CUDA graph, as small networks need it."""


class Loss(torch.nn.Module):
    """The loss of a network over some rows of its data.

    The data are buffers: a compiled program that runs as a CUDA graph reads those where they lie, and
    copies all else that it is given.
    """

    def __init__(self, network: Any, x: Any, y: Any, kind: str) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("inputs", as_input(x))
        self.register_buffer("classes", torch.from_numpy(y))
        self.mixed = kind == "bf16"

    def forward(self, rows: Any) -> Any:
        outputs = self.outputs(self.inputs[rows])
        return torch.nn.functional.cross_entropy(outputs.float(), self.classes[rows])

    def outputs(self, x: Any) -> Any:
        """Of the network, in bfloat16 where numbers may be."""
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.mixed):
            return self.network(x)


def trained(
    task: Task, network: Callable[[], Any], how: str, kind: str, device: str, small: bool
) -> Measured:
    """The network trained by PyTorch, ``eager`` or ``compiled``, with the device's rates."""
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    x, y = task.arrays(small)
    found = timed(lambda: _trial(task, network(), x, y, how, kind, device), task, x, y, small)
    return replace(found, extra=by_pytorch(device, small))


def _trial(task: Task, network: Any, x: Any, y: Any, how: str, kind: str, device: str) -> Trial:
    torch.manual_seed(0)
    set_first_weights(network)
    own = Loss(network.to(memory_format=torch.channels_last), x, y, kind).to(device)
    loss = torch.compile(own, mode=MODE) if how == "compiled" else own
    optimizer = getattr(torch.optim, task.optimizer)(network.parameters(), lr=task.rate, fused=True)

    def train(epochs: int) -> float:
        own.train()
        _wait(device)
        begun = time.perf_counter()
        for _ in range(epochs):
            for rows in torch.randperm(len(x), device=device).split(task.batch_size):
                optimizer.zero_grad(set_to_none=True)
                loss(rows).backward()
                optimizer.step()
        _wait(device)
        return time.perf_counter() - begun

    return Trial(train, lambda rows: _asked(own, as_input(rows).to(device)))


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _asked(own: Loss, x: Any) -> Any:
    own.eval()
    with torch.inference_mode():
        return torch.softmax(own.outputs(x).float(), dim=1).cpu().numpy()
