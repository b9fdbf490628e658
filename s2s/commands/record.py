"""Keeps, beside every result, what it was made with."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from s2s.files import names as file_names
from s2s.files.atomic_write import write_text


def write_run(beside: Path, args: argparse.Namespace, results: Mapping[str, Any]) -> Path:
    """Write the arguments and the results of a verb as JSON: `x.png` has `x.json`, a folder has `run.json`.

    Returns the file written; what was there is replaced whole.
    """
    path = beside / "run.json" if beside.is_dir() else file_names.fitted(beside.parent, beside.stem, ".json")
    arguments = {name: value for name, value in vars(args).items() if name != "run"}
    about = {"arguments": arguments, "results": dict(results)}
    text = file_names.shown(json.dumps(about, indent=1, default=str, ensure_ascii=False))
    write_text(path, text + "\n")
    return path
