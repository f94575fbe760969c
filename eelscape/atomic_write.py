"""Writing a file so that a failure leaves what was there before."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: str | os.PathLike, content: bytes) -> Path:
    """Write a file so that a failure leaves what was there before.

    Parameters
    ----------
    path : path
    content : bytes

    Returns
    -------
    Path
        Absolute.

    Raises
    ------
    OSError
        "Could not save: ..." where the folder cannot be written or the disk is full.
    """
    path = Path(path).expanduser().absolute()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"Could not save: {reason}. The model is still in memory; save it to another place",
            str(path),
        ) from error
    return path
