"""Packs: the law as data. What an engine decides by, and the figures in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import refused
from .words import Words

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Pack", "PackLike", "Parameter", "ParameterRow", "Remark"]

PackLike: TypeAlias = "str | PathLike[str] | Mapping[str, str]"
"""A pack: its folder, the text of a pack of one file, or the texts of its files by their paths."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that an engine decides by."""

    id: str
    title: Words
    version: str
    digest: str
    """SHA-256 of its files: an application can pin it."""
    reviewed_on: str

    @classmethod
    def from_dict(cls, pack: Mapping[str, Any]) -> Pack:
        """One of an answer."""
        return cls(pack["id"], Words.from_dict(pack["title"]), pack["version"], pack["digest"], pack["reviewed_on"])


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One figure of a parameter: its value, where and when it holds, and the text it comes from."""

    key: Mapping[str, str]
    value: str
    """As packs write it: ``700.00/month``."""
    published_as: str | None
    """As it was published, where that is another period."""
    place: str | None
    """Six digits; ``None``: everywhere."""
    place_name: str | None
    start: str | None
    """The first day in force."""
    until: str | None
    """The last day in force, where it was repealed."""
    published: str | None
    status: str
    """``law``, ``local``, ``operational``, ``unconfirmed``, ``reference`` or ``invented``."""
    cite: tuple[str, ...]
    note: Words

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> ParameterRow:
        """One of an answer."""
        return cls(
            row["key"],
            row["value"],
            row["published_as"],
            row["place"],
            row["place_name"],
            row["from"],
            row["until"],
            row["published"],
            row["status"],
            tuple(row["cite"]),
            Words.from_dict(row["note"]),
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the packs, dated and placed."""

    id: str
    title: Words
    type: str
    keys: Mapping[str, str]
    """The key dimensions with their types."""
    set_by: Words
    status: str
    note: Words
    cite: tuple[str, ...]
    many_rows: int
    rows: tuple[ParameterRow, ...] = ()

    @classmethod
    def from_dict(cls, parameter: Mapping[str, Any]) -> Parameter:
        """One of an answer."""
        return cls(
            parameter["id"],
            Words.from_dict(parameter["title"]),
            parameter["type"],
            parameter["keys"],
            Words.from_dict(parameter["set_by"]),
            parameter["status"],
            Words.from_dict(parameter["note"]),
            tuple(parameter["cite"]),
            parameter["many_rows"],
            tuple(ParameterRow.from_dict(row) for row in parameter.get("rows", ())),
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with a pack, or should be looked at."""

    severity: str
    """``error`` or ``warning``."""
    code: str
    message: Words
    help: Words
    file: str
    line: int

    @classmethod
    def from_dict(cls, remark: Mapping[str, Any]) -> Remark:
        """One of an answer."""
        return cls(
            remark["severity"],
            remark["code"],
            Words.from_dict(remark["message"]),
            Words.from_dict(remark["help"]),
            remark["file"],
            remark["line"],
        )


Files: TypeAlias = tuple[tuple[str, str], ...]
"""The files of a pack: paths inside it and texts, in order."""


def files_of(pack: PackLike) -> Files:
    """The files of a pack.

    >>> files_of("[pack]\\nid = 'x'\\n")
    (('pack.toml', "[pack]\\nid = 'x'\\n"),)
    """
    if isinstance(pack, Mapping):
        return tuple(sorted((str(path), str(text)) for path, text in pack.items()))
    if isinstance(pack, str) and "\n" in pack:
        return (("pack.toml", pack),)
    from pathlib import Path

    folder = Path(fspath(pack))
    try:
        paths = sorted(path for path in folder.rglob("*.toml") if path.is_file())
        files = tuple((path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
    except (OSError, UnicodeDecodeError) as cause:
        raise _no_pack(folder) from cause
    if not any(path == "pack.toml" for path, _ in files):
        raise _no_pack(folder)
    return files


def _no_pack(folder: Path) -> Exception:
    message = Words("该目录不是规则包，或者无法读取", "the folder is no pack, or cannot be read")
    help_words = Words("规则包的目录中有 pack.toml，文字为 UTF-8", "a pack is a folder with pack.toml; its texts are UTF-8")
    return refused("E-PACK-HEAD", message, help_words, str(folder))
