"""Opens whatever `prepare` wrote: the one door through which stages and measuring come to data."""

import json
from pathlib import Path

from s2s.data.clip_source import DataError
from s2s.data.prepared import PreparedData
from s2s.world.takes import WorldTakes, is_world

Source = PreparedData | WorldTakes
"""Both are a `ClipSource`; of the world's takes more is known, which `isinstance` tells."""


def open_source(folder: Path) -> Source:
    """Return the data in `folder`, of the kind that its `about.json` names.

    Raises DataError, ValueError for a folder that is unfinished or holds something else.
    """
    about = folder / "about.json"
    try:
        kind = json.loads(about.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{folder} holds no prepared clips: write some with `python -m s2s prepare`") from error
    except ValueError as error:
        raise DataError(f"{about} is not JSON: {error}") from error
    return WorldTakes.open(folder) if isinstance(kind, dict) and is_world(kind) else PreparedData.open(folder)
