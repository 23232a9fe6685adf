"""Training on a Parquet file four times the memory that is allowed, against the same rows in memory.

    python benchmarks/larger_than_memory.py [--allowed 900] [--times 4] [--runs 3] [--hidden 256 512]
        [--column floats|required|bytes]

The file is written once, row group by row group: a column of lists of float32, the same with no place for
an empty number (``required``), or of bytes, as images have them. Then, for each size of the hidden layer
and in turns, one process trains from the file with so much memory (a cgroup where one may be made, which
counts the pages of the file too; else ``ulimit -v``, which counts addresses, of which JAX alone takes
1.5 GiB) and one on the same rows held in memory, without a limit: it takes what the rows take as float32.
Each gives the rows per second of its second epoch, when all is compiled. Needs the extra ``parquet``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

FEATURES, CLASSES, GROUP = 784, 10, 20_000
CGROUPS = Path("/sys/fs/cgroup/memory")
TRAIN = """
import json, resource, sys, time
import numpy as np, chainrule
from chainrule.callbacks import Callback
from chainrule.data import ChunkedParquet, Scaler
from chainrule.layers import Dense

path, where, chunk, hidden, column = sys.argv[1:6]
source = ChunkedParquet(path, target="label", chunk_rows=int(chunk))
if column == "bytes":
    source = source.scaled(Scaler("min_max", np.zeros(784), np.full(784, 255.0)))
x, y = (source, None) if where == "file" else source.whole()

class Times(Callback):
    def __init__(self): self.at = []
    def on_epoch_begin(self, epoch, logs=None): self.at.append(time.perf_counter())
    def on_train_end(self, logs=None): self.at.append(time.perf_counter())

chainrule.utils.set_random_seed(0)
model = chainrule.Sequential([chainrule.Input((784,)), Dense(int(hidden), "relu"), Dense(10, "softmax")])
model.compile(chainrule.optimizers.SGD(0.01, 0.9), "sparse_categorical_crossentropy")
times = Times()
logs = model.fit(x, y, batch_size=128, epochs=2, callbacks=[times], verbose=0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
speed = source.rows / (times.at[2] - times.at[1])
print(json.dumps({"speed": speed, "peak": peak, "loss": logs.history["loss"][-1]}))
"""


def column(kind: str) -> Any:
    """The Arrow field that holds the features of a row."""
    import pyarrow as pa

    if kind == "bytes":
        return pa.field("pixels", pa.binary(FEATURES))
    empty = kind != "required"
    return pa.field("pixels", pa.list_(pa.field("item", pa.float32(), empty), FEATURES), empty)


def write(path: Path, size: int, kind: str) -> int:
    """Write so many bytes of rows of 784 features, and their labels; returns how many rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = size // (FEATURES if kind == "bytes" else 4 * FEATURES)
    random = np.random.default_rng(0)
    centres = random.normal(size=(CLASSES, FEATURES)).astype(np.float32)
    field = column(kind)
    schema = pa.schema([field, ("label", pa.int32())])
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for start in range(0, rows, GROUP):
            labels = random.integers(0, CLASSES, min(GROUP, rows - start)).astype(np.int32)
            x = centres[labels] + random.standard_normal((len(labels), FEATURES), dtype=np.float32)
            if kind == "bytes":
                grey = np.clip(x * 32 + 128, 0, 255).astype(np.uint8)
                pixels = pa.Array.from_buffers(field.type, len(x), [None, pa.py_buffer(grey)])
            else:
                pixels = pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), type=field.type)
            writer.write_table(pa.table([pixels, pa.array(labels)], schema=schema))
    return rows


def limited_to(allowed: int) -> str:
    """The shell command that limits a process to so many MiB."""
    group = CGROUPS / "chainrule-benchmark"
    try:
        group.mkdir(exist_ok=True)
        (group / "memory.limit_in_bytes").write_text(str(allowed * 2**20))
    except OSError:
        return f"ulimit -v {allowed * 1024}; "
    return f"echo $$ > {group}/cgroup.procs; "


def trained(path: Path, where: str, hidden: int, given: argparse.Namespace) -> dict[str, float]:
    """Train in a process of its own; what it measured."""
    limit = limited_to(given.allowed) if where == "file" else ""
    script = f'{limit}exec "$0" -c "$@"'
    arguments = [str(path), where, str(given.chunk), str(hidden), given.column]
    command = ["bash", "-c", script, sys.executable, TRAIN, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}, for want of memory"]
        raise SystemExit(f"training from {where} failed: {why[0]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--allowed", type=int, default=900, help="MiB for the process that reads")
    parser.add_argument("--times", type=float, default=4, help="how many times that the rows take")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--chunk", type=int, default=16_384, help="rows of a chunk")
    parser.add_argument("--hidden", type=int, nargs="+", default=[256, 512], help="units")
    parser.add_argument("--column", choices=("floats", "required", "bytes"), default="floats")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        rows = write(path, int(given.allowed * given.times) * 2**20, given.column)
        print(f"{rows:,} rows, {path.stat().st_size / 2**30:.2f} GiB; {given.allowed} MiB allowed")
        for hidden in given.hidden:
            ratios = [compared(path, hidden, given) for _ in range(given.runs)]
            found = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"784-{hidden}-10: speed from the file, of that from memory: {found}", flush=True)


def compared(path: Path, hidden: int, given: argparse.Namespace) -> float:
    """The speed from the file as a part of that from memory, one after the other."""
    speeds = []
    for where in ("file", "memory"):
        found = trained(path, where, hidden, given)
        speeds.append(found["speed"])
        print(
            f"{where:6} {found['speed']:9,.0f} rows/s, peak {found['peak']:6,.0f} MiB, "
            f"loss {found['loss']:.4f}"
        )
    return speeds[0] / speeds[1]


if __name__ == "__main__":
    main()
