"""The last checkpoint of each run: in the kernel's memory, and in a file beside the notebook."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import threading
import time
from pathlib import Path

from .atomic_write import write_atomically
from .checkpoint_file import Checkpoint, CheckpointError, read_checkpoint, seal
from .limits import MAX_CHECKPOINT_BYTES

_log = logging.getLogger("eelscape")

#: Folder in the kernel's working directory; Jupyter's file browser hides it.
FOLDER = ".eelscape-checkpoints"
#: Runs whose checkpoints are held in memory; those of others are in their files.
_KEPT = 4
#: Files that are looked at for one data set, the newest.
_LOOKED_AT = 8
#: Seconds after which nobody went on with a run any more; as in the browser.
_FORGOTTEN = 14 * 86_400
#: Names of the files: hashes of the data's sha256 and of the run's id.
_OURS = re.compile(r"[0-9a-f]{16}-[0-9a-f]{16}\.safetensors")


class Checkpoints:
    """Checkpoints of one line. Every method may be called from any thread.

    A file is written by a thread of its own, so that no message waits for a disk; of several
    checkpoints of a run that come meanwhile only the newest is written.

    Parameters
    ----------
    folder : path, optional
        By default `FOLDER` in the working directory as it is now.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            # A working directory may have been removed.
            with contextlib.suppress(OSError):
                folder = Path.cwd() / FOLDER
        self._folder = folder
        self._changed = threading.Condition()
        # By run, the one that came last at the end.
        self._kept: dict[str, tuple[Checkpoint, bytes]] = {}
        self._to_write: dict[str, tuple[Checkpoint, bytes]] = {}
        self._writing = False
        # Runs whose models have arrived: what comes of them later is late.
        self._ended: dict[str, None] = {}
        self._told = False

    def keep(self, run: str, data: bytes) -> None:
        """Take a checkpoint in place of the one before it.

        Raises
        ------
        CheckpointError
            Where it is damaged or of another run; the one before it stays.
        """
        found = read_checkpoint(data)
        if found.run != run:
            raise CheckpointError(f"Checkpoint damaged: it is of another run than {run[:40]!r}.")
        with self._changed:
            if run in self._ended:
                return
            self._kept.pop(run, None)
            self._kept[run] = (found, data)
            while len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
            if self._folder is None:
                return
            self._to_write[run] = (found, data)
            if not self._writing:
                self._writing = True
                threading.Thread(
                    target=self._write_all, name="eelscape checkpoints", daemon=True
                ).start()

    def found(self, data_sha256: str) -> tuple[list[Checkpoint], list[str]]:
        """Checkpoints of runs over these data, the newest first, and what is wrong with others.

        A run that is both in memory and in a file is named once, by the newer of them.
        """
        newest: dict[str, Checkpoint] = {}
        with self._changed:
            there = [checkpoint for checkpoint, _ in self._kept.values()]
            ended = set(self._ended)
        problems = []
        for path in self._files(data_sha256):
            try:
                there.append(read_checkpoint(_bytes_of(path), sealed=True))
            except (OSError, CheckpointError) as error:
                problems.append(f"{path.name}: {error}")
        for checkpoint in there:
            known = newest.get(checkpoint.run)
            fits = checkpoint.data_sha256 == data_sha256 and checkpoint.run not in ended
            if fits and (known is None or known.saved_at < checkpoint.saved_at):
                newest[checkpoint.run] = checkpoint
        return sorted(newest.values(), key=lambda c: c.saved_at, reverse=True), problems

    def bytes_of(self, data_sha256: str, run: str) -> bytes:
        """The newest checkpoint of a run.

        Raises
        ------
        CheckpointError
            Where there is none, or its file is damaged.
        """
        with self._changed:
            kept = self._kept.get(run)
        path = self._path(data_sha256, run)
        data = None
        if path is not None and path.is_file():
            try:
                data = _bytes_of(path)
                checkpoint = read_checkpoint(data, sealed=True)
                if kept is None or kept[0].saved_at < checkpoint.saved_at:
                    return data
            except (OSError, CheckpointError) as error:
                if kept is None:
                    raise CheckpointError(str(error)) from error
        if kept is None:
            raise CheckpointError("There is no checkpoint of this run any more.")
        return kept[1]

    def end(self, run: str) -> None:
        """A run needs no checkpoint any more: its model has arrived, or it was given up."""
        with self._changed:
            self._ended[run] = None
            while len(self._ended) > 1000:
                del self._ended[next(iter(self._ended))]
            self._kept.pop(run, None)
            self._to_write.pop(run, None)
            folder = self._folder
        if folder is None:
            return
        # No pattern: Python would keep one for each run in its caches.
        ending = f"-{_short(run)}.safetensors"
        files = list(folder.iterdir()) if folder.is_dir() else []
        for path in files:
            if path.name.endswith(ending):
                with contextlib.suppress(OSError):
                    path.unlink()
        # Only where nothing is left in it.
        with contextlib.suppress(OSError):
            folder.rmdir()

    def settle(self, seconds: float = 20) -> bool:
        """Wait until nothing is left to be written; whether that came."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._writing, seconds)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                if not self._to_write:
                    self._writing = False
                    self._changed.notify_all()
                    return
                run = next(iter(self._to_write))
                checkpoint, data = self._to_write.pop(run)
            path = self._path(checkpoint.data_sha256, run)
            assert path is not None
            try:
                path.parent.mkdir(exist_ok=True)
                write_atomically(path, seal(data))
            except OSError as error:
                self._tell(error)
            with self._changed:
                ended = run in self._ended
            # It ended while its file was written.
            if ended:
                self.end(run)

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            _log.warning(
                "eelscape: checkpoints of training cannot be written to %s (%s). They are kept in "
                "the kernel's memory, and in the browser; a restart of the kernel forgets them.",
                self._folder,
                error.strerror or error,
            )

    def _path(self, data_sha256: str, run: str) -> Path | None:
        """Where a checkpoint belongs; what it says of itself never becomes part of a path."""
        if self._folder is None:
            return None
        return self._folder / f"{_short(data_sha256)}-{_short(run)}.safetensors"

    def _files(self, data_sha256: str) -> list[Path]:
        """Files of these data, the newest first; old ones of any data are removed."""
        if self._folder is None:
            return []
        dated = []
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if not _OURS.fullmatch(path.name):
                    continue
                with contextlib.suppress(OSError):
                    age = time.time() - path.stat().st_mtime
                    if age > _FORGOTTEN:
                        path.unlink()
                    elif path.name.startswith(f"{_short(data_sha256)}-") and path.is_file():
                        dated.append((age, path))
        return [path for _, path in sorted(dated)[:_LOOKED_AT]]


def _short(name: str) -> str:
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()[:16]


def _bytes_of(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_CHECKPOINT_BYTES:
        raise CheckpointError(
            f"Not a checkpoint: it has {size} bytes, and at most {MAX_CHECKPOINT_BYTES} are read."
        )
    return path.read_bytes()
