"""Logs for TensorBoard."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import Any

from chainrule.callbacks.base import Callback, Logs, State
from chainrule.callbacks.growing import GrowingFile
from chainrule.callbacks.rates import learning_rate
from chainrule.callbacks.updates import Every, frequency
from chainrule.doors import whole_number


class TensorBoard(Callback):
    """Write event files that ``tensorboard --logdir LOG_DIR`` shows; needs the extra ``tensorboard``.

    As in Keras, ``log_dir/train`` has the loss and the metrics of each epoch (``epoch_loss``, …) and the
    learning rate, ``log_dir/validation`` those of the validation under the same names. With an
    ``update_freq`` of "batch" or a number, there are also ``batch_loss``, … every so many updates,
    counted when the compiled program is left, every ``steps_per_execution``. With a
    ``histogram_freq``, there is a histogram of each weight every so many epochs. ``write_graph`` is
    taken and writes nothing, as in Keras 3 without TensorFlow. A resumed run goes on in the same files, and
    takes back what came after its checkpoint.

    Raises ImportError without tensorboardX; ValueError or TypeError for arguments that make no sense,
    or ask for what is not written here; OSError where a file cannot be written.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int | tuple[int, int] = 0,
        embeddings_freq: int = 0,
    ) -> None:
        _check_installed()
        asked = {
            "write_images": write_images,
            "write_steps_per_second": write_steps_per_second,
            "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq,
        }
        for name, value in asked.items():
            if value:
                raise ValueError(f"TensorBoard: {name}={value!r} asks for what chainrule does not write")
        self.log_dir = Path(log_dir)
        self.histogram_freq = whole_number(histogram_freq, "histogram_freq", 0)
        self.write_graph = write_graph
        self.update_freq = frequency(update_freq, "update_freq", "batch")
        self._every = Every(self.update_freq or 1)
        self._begin("")
        if self.update_freq is not None:
            # Only then, since a callback that has this hook is called between the updates of an epoch.
            vars(self)["on_train_batch_end"] = self._after_batch

    def _begin(self, name: str) -> None:
        parts = ("train", "validation")
        self._files = {part: GrowingFile(self.log_dir / part / name) for part in parts}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._every.begin()
        # TensorBoard reads a folder's files in the order of their names, so these begin with the time.
        self._begin(f"events.out.tfevents.{time.time_ns():020d}.{socket.gethostname()}.{os.getpid()}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        trained = {name: value for name, value in logs.items() if not name.startswith("val_")}
        rate = learning_rate(self.model)
        if not isnan(rate):  # an Optax transformation keeps its own
            trained["learning_rate"] = rate
        validated = {name.removeprefix("val_"): value for name, value in logs.items() if name not in trained}
        self._scalars("train", "epoch", trained, epoch)
        if validated:
            self._scalars("validation", "epoch", validated, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            from tensorboardX.summary import histogram

            weights = self.model.parameters.items()
            made = [histogram(f"{name}/histogram", weight, bins="auto") for name, weight in weights]
            self._write("train", made, epoch)

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        if self._every.reached(batch):
            self._scalars("train", "batch", logs or {}, self._every.total - 1)

    def _scalars(self, part: str, kind: str, logs: Logs, step: int) -> None:
        from tensorboardX.summary import scalar

        self._write(part, [scalar(f"{kind}_{name}", value) for name, value in logs.items()], step)

    def _write(self, part: str, summaries: Iterable[Any], step: int) -> None:
        file = self._files[part]
        records = [_record(step=step, summary=summary) for summary in summaries]
        if not file.size:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            records.insert(0, _record(file_version="brain.Event:2"))
        file.add(b"".join(records))

    def state(self) -> State:
        sizes = {part: file.size for part, file in self._files.items()}
        return {"name": self._files["train"].path.name, "sizes": sizes, "updates": self._every.state()}

    def restore(self, state: State) -> None:
        self._begin(state["name"])
        for part, size in state["sizes"].items():
            self._files[part].size = size
        self._every.restore(state["updates"])


def _record(**fields: Any) -> bytes:
    """An event as TensorFlow's TFRecord files hold it: its length and itself, each with a checksum."""
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import masked_crc32c

    data: bytes = Event(wall_time=time.time(), **fields).SerializeToString()
    length = struct.pack("<Q", len(data))
    sums = [struct.pack("<I", masked_crc32c(part)) for part in (length, data)]
    return length + sums[0] + data + sums[1]


def _check_installed() -> None:
    try:
        import tensorboardX  # noqa: F401
    except ImportError:
        raise ImportError(
            'TensorBoard needs the package tensorboardX: pip install "chainrule[tensorboard]"'
        ) from None
