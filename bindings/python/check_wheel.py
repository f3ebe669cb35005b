"""What a wheel asks of the system it is installed on: which version of the C library, and how large it is."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

NEWEST = (2, 28)
"""The C library of the oldest system in service that the wheel is for."""
LARGEST = 6_000_000
"""Bytes."""


def main(folder: str) -> int:
    """Looks at every wheel of a folder."""
    wheels = sorted(Path(folder).glob("minzheng-*.whl"))
    if not wheels:
        print(f"{folder}: no wheel")
        return 1
    wrong = 0
    for wheel in wheels:
        size = wheel.stat().st_size
        with zipfile.ZipFile(wheel) as files:
            names = files.namelist()
            binaries = [name for name in names if name.endswith(".so")]
            found = {
                (int(major), int(minor))
                for name in binaries
                for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", files.read(name))
            }
        wants = max(found, default=(0, 0))
        print(f"{wheel.name}: {size:,} bytes, GLIBC_{wants[0]}.{wants[1]}")
        whole = len(binaries) == 1 and any(name.endswith("py.typed") for name in names)
        if not whole or wants > NEWEST or size > LARGEST or "abi3" not in wheel.name:
            print(f"  it must be one abi3 binary with py.typed, at most GLIBC_{NEWEST[0]}.{NEWEST[1]} and {LARGEST:,} bytes")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
