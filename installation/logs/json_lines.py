"""A record of the log as one line of JSON, and which records are kept at all. Pure."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

from installation.logs.secrets import without_secrets

LONGEST: Final = 2_000
"""Letters of a message; a traceback of a loop that fails for ever is the longest there is."""
_OF_VISITORS: Final = ("installation.inference.playing",)
"""Loggers that say what is heard in the room: it stands on the terminal for a moment, and is kept nowhere."""


def is_kept(record: logging.LogRecord) -> bool:
    """Return whether a record is kept: neither what is heard of the visitors nor what only a search for an error
    prints, where values that somebody has typed stand too.
    """
    return record.levelno >= logging.INFO and not record.name.startswith(_OF_VISITORS)


class JsonLine(logging.Formatter):
    """Formats a record as `{"at", "level", "process", "from", "says"}`; `at` is in UTC."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        says = record.getMessage()
        if record.exc_info:
            says += "\n" + self.formatException(record.exc_info)
        document = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "from": record.name,
            "says": without_secrets(_shortened(says)),
        }
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]} […] {text[-half:]}"
