"""Numbers of bytes for people."""

from __future__ import annotations


def size_text(count: float) -> str:
    """Bytes in the binary unit that leaves 1 to 1023 of it: "512 MiB", "4.2 GiB"."""
    value, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    digits = 0 if unit == "bytes" or value >= 100 or value == round(value) else 1
    return f"{value:.{digits}f} {unit}"
