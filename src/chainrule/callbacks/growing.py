"""Files to which a run adds, and from which a resumed run takes back what came after its checkpoint."""

from __future__ import annotations

import os
from pathlib import Path


class GrowingFile:
    """A file of which the first ``size`` bytes count; it is open only while something is added.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "log"
    >>> file = GrowingFile(path)
    >>> file.add(b"one "); at = file.size; file.add(b"two ")
    >>> GrowingFile(path, at).add(b"three")
    >>> path.read_bytes()
    b'one three'
    """

    def __init__(self, path: str | os.PathLike[str], size: int = 0) -> None:
        self.path = Path(path)
        self.size = size

    def add(self, content: bytes) -> None:
        """Write behind what counts, in the place of what does not. Raises OSError where the disk refuses."""
        with open(self.path, "ab") as file:
            size = min(self.size, file.tell())
            file.truncate(size)
            file.write(content)
            self.size = size + len(content)
