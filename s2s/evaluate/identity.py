"""Which model, data and judges a folder of results is about: what is half done of others is never gone on with."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from s2s.files.atomic_write import write_text

IDENTITY: Final = "evaluation.json"
_DIGITS: Final = 16


def fingerprint_of(path: Path) -> str:
    """Return a hash of a file, or of the files of a folder by their names and what is in them. Raises OSError."""
    digest = hashlib.sha256()
    for file in sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]:
        with file.open("rb") as opened:
            digest.update(file.name.encode() + b"\0" + hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:_DIGITS]


def fingerprint_of_names(names: Sequence[str]) -> str:
    """Return a hash of names in their order."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:_DIGITS]


def check_identity(folder: Path, identity: Mapping[str, Any]) -> None:
    """Note in `folder`, made if need be, what it is about, or compare with what it was. Raises ValueError."""
    path = folder / IDENTITY
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_text(path, json.dumps(identity, indent=1) + "\n")
        return
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: choose an empty folder") from error
    if differing := [name for name, value in identity.items() if there.get(name) != value]:
        raise ValueError(f"{folder} holds an evaluation with other {', '.join(differing)}: choose an empty folder")
