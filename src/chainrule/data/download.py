"""Files from the network: once, whole, with the checksum that they must have."""

from __future__ import annotations

import hashlib
import os
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from chainrule.files import put_in_place, remove_leftovers

BLOCK = 1 << 18
SECONDS = 30
"""Without any answer, after which the network counts as silent."""


@dataclass(frozen=True)
class Resource:
    """A file in the network: its name, where it is, its size in bytes and its SHA-256."""

    name: str
    urls: tuple[str, ...]
    size: int
    sha256: str


class DownloadError(OSError):
    """A file that could not be had from the network; the message says where to put it by hand."""


class _WrongFileError(Exception):
    """What came is not the file that was wanted."""


NETWORK = (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError, ssl.SSLError, _WrongFileError)
"""What a silent, broken or lying network raises; a full disk is none of it."""


def fetch(resource: Resource, folder: Path) -> Path:
    """The file in the folder, downloaded where it is not there yet; its checksum is right.

    It is written under another name, synced and renamed, so that it is there whole or not at all.

    Raises DownloadError where no address gives it whole, ValueError where what is in the folder has
    another checksum.
    """
    path = folder / resource.name
    if path.exists():
        return checked(resource, path)
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path)
    problems = []
    for url in resource.urls:
        try:
            _download(url, resource, path)
        except NETWORK as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            problems.append(f"{url}: {reason}")
        else:
            return path
    raise DownloadError(
        f"{resource.name} could not be downloaded ({'; '.join(problems)}): get it elsewhere and put it "
        f"into {folder}"
    )


def checked(resource: Resource, path: Path) -> Path:
    """The path, if the file has the right checksum; else ValueError."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != resource.sha256:
        raise ValueError(
            f"{path} is damaged or another file: its SHA-256 is {found}, expected {resource.sha256}; "
            "remove it, and it is downloaded again"
        )
    return path


def _download(url: str, resource: Resource, path: Path) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    request = urllib.request.Request(url, headers={"User-Agent": "chainrule"})
    try:
        with (
            urllib.request.urlopen(request, timeout=SECONDS) as answer,  # addresses are those of this package
            beside.open("xb") as file,
            _progress(resource) as advance,
        ):
            digest, size = hashlib.sha256(), 0
            while block := answer.read(BLOCK):
                size += len(block)
                if size > resource.size:
                    break
                digest.update(block)
                file.write(block)
                advance(len(block))
            file.flush()
            os.fsync(file.fileno())
        if size != resource.size or digest.hexdigest() != resource.sha256:
            raise _WrongFileError("what came is not the file that it should be, by its size and SHA-256")
        put_in_place(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _progress(resource: Resource) -> Iterator[Callable[[int], None]]:
    """A function that takes how many bytes more have come, and shows it on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(resource.name, total=resource.size)
        yield lambda size: progress.advance(task, size)
