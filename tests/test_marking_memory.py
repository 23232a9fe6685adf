"""Hostile answer sheets take no more memory than others of their size, and the others are marked."""

import subprocess
import sys
from pathlib import Path

import pytest

SHEET = """
[[question]]
id = "q1"
topic = "perceptron"
find = ["z"]
given = { x = [1, 2], w = [0.5, 0.25], b = 1 }
"""
HOSTILE = {
    "digits": "9" * 10_000_000,
    "digits-in-text": '"' + "9" * 900_000 + '"',
    "decimals": "0." + "9" * 900_000,
    "entries": "[" + "1," * 400_000 + "]",
    "nested": "[" * 300_000 + "]" * 300_000,
    "brackets": '"' + "(" * 200_000 + "1" + ")" * 200_000 + '"',
    "exponent": "1e999999999",
    "exponent-in-text": '"1e999999999"',
    "tower": '"9^9^9^9"',
    "power": '"2^(10^9)"',
    "exponentials": '"exp(exp(exp(exp(10))))"',
    "expansion": '"(a + b + c + d)^40"',
    "sum": '"' + "1/3 + " * 50_000 + '1"',
}
MOST_KILOBYTES = 500_000
CODE = """
import sys
from pathlib import Path
from chainrule.cli.main import run
status = run(["check", "sheet.toml", "answers", "--csv"])
(line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
Path("peak").write_text(line.split()[1])
sys.exit(status)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the memory of a process is asked of Linux"
)
def test_memory_is_bounded(tmp_path):
    (tmp_path / "sheet.toml").write_text(SHEET)
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "zero.toml").write_bytes(b"")
    (answers / "right.toml").write_text("[q1]\nz = 2")
    for name, value in HOSTILE.items():
        (answers / f"{name}.toml").write_text(f"[q1]\nz = {value}")
    found = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert "\nright,q1,z,2,2,right,,1,1\n" in found.stdout
    lines = found.stderr.splitlines()
    assert all(line.startswith("chainrule: answers") and len(line) < 500 for line in lines)
    assert {"digits", "decimals", "nested", "exponent", "power"} <= {
        line.split("/")[1].split(".")[0] for line in lines
    }
    assert int((tmp_path / "peak").read_text()) < MOST_KILOBYTES
