"""Keeps, beside every result, what it was made with."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_run(beside: Path, asked: argparse.Namespace, results: Mapping[str, Any]) -> Path:
    """Write the arguments and the results of a verb as JSON: `x.png` has `x.json`, a folder has `run.json`.

    Returns the file written; what was there is replaced whole.
    """
    path = beside / "run.json" if beside.is_dir() else beside.with_suffix(".json")
    arguments = {name: value for name, value in vars(asked).items() if name != "run"}
    text = json.dumps({"arguments": arguments, "results": dict(results)}, indent=1, default=str)
    part = path.with_name(path.name + ".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(path)
    return path
