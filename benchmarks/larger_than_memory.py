"""Training on a Parquet file four times the memory that is allowed, against the same rows in memory.

    python benchmarks/larger_than_memory.py [--allowed 900] [--times 4] [--runs 3]

The file is written once, row group by row group. Then, in turns, one process trains from the file with
so much memory (a cgroup where one may be made, which counts the pages of the file too; else ``ulimit -v``,
which counts addresses, of which JAX alone takes 1.5 GiB) and one on the same rows held in memory, without a
limit. Each prints the rows per second of its second epoch, when all is compiled. Needs the extra
``parquet``; the second process takes about ten times what is allowed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

FEATURES, CLASSES, GROUP = 784, 10, 20_000
CGROUPS = Path("/sys/fs/cgroup/memory")
TRAIN = """
import json, resource, sys, time
import numpy as np, chainrule
from chainrule.callbacks import Callback
from chainrule.data import ChunkedParquet
from chainrule.layers import Dense

path, where, chunk = sys.argv[1:4]
source = ChunkedParquet(path, target="label", chunk_rows=int(chunk))
x, y = (source, None) if where == "file" else source.whole()

class Times(Callback):
    def __init__(self): self.at = []
    def on_epoch_begin(self, epoch, logs=None): self.at.append(time.perf_counter())
    def on_train_end(self, logs=None): self.at.append(time.perf_counter())

chainrule.utils.set_random_seed(0)
model = chainrule.Sequential([chainrule.Input((784,)), Dense(256, "relu"), Dense(10, "softmax")])
model.compile(chainrule.optimizers.SGD(0.01, 0.9), "sparse_categorical_crossentropy")
times = Times()
logs = model.fit(x, y, batch_size=128, epochs=2, callbacks=[times], verbose=0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
speed = source.rows / (times.at[2] - times.at[1])
print(json.dumps({"speed": speed, "peak": peak, "loss": logs.history["loss"][-1]}))
"""


def write(path: Path, size: int) -> int:
    """Write rows of 784 float32 features, so many bytes of them, and their labels; returns how many rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = size // (4 * FEATURES)
    random = np.random.default_rng(0)
    centres = random.normal(size=(CLASSES, FEATURES)).astype(np.float32)
    schema = pa.schema([("pixels", pa.list_(pa.float32(), FEATURES)), ("label", pa.int32())])
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for start in range(0, rows, GROUP):
            labels = random.integers(0, CLASSES, min(GROUP, rows - start)).astype(np.int32)
            x = centres[labels] + random.standard_normal((len(labels), FEATURES), dtype=np.float32)
            pixels = pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), FEATURES)
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


def trained(path: Path, where: str, chunk: int, allowed: int) -> dict[str, float]:
    """Train in a process of its own; what it measured."""
    limit = limited_to(allowed) if where == "file" else ""
    script = f'{limit}exec "$0" -c "$1" "$2" "$3" "$4"'
    command = ["bash", "-c", script, sys.executable, TRAIN, str(path), where, str(chunk)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"training from {where} failed: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--allowed", type=int, default=900, help="MiB for the process that reads")
    parser.add_argument("--times", type=float, default=4, help="how many times that the rows take")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--chunk", type=int, default=16_384, help="rows of a chunk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        rows = write(path, int(given.allowed * given.times) * 2**20)
        print(f"{rows:,} rows, {path.stat().st_size / 2**30:.2f} GiB; {given.allowed} MiB allowed")
        ratios = []
        for _ in range(given.runs):
            file, memory = (trained(path, w, given.chunk, given.allowed) for w in ("file", "memory"))
            ratios.append(file["speed"] / memory["speed"])
            for name, found in (("file", file), ("memory", memory)):
                speed, peak = found["speed"], found["peak"]
                print(f"{name:6} {speed:9,.0f} rows/s, peak {peak:6,.0f} MiB, loss {found['loss']:.4f}")
        print(f"speed from the file, of that from memory: {', '.join(f'{r:.2f}' for r in ratios)}")


if __name__ == "__main__":
    main()
