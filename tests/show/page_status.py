"""What the operator page of a running show tells: how it is, for tests that wait for something to come about."""

import json
import re
import urllib.request
from typing import Any, Final

from tests.show_runner import ShowRun

PAGE: Final = ("--page", "127.0.0.1:0")


def status(show: ShowRun) -> dict[str, Any]:
    """Return the status of a show that was started with `PAGE`, once it has one."""
    show.wait_for("operator page at ")
    address = re.search(r"operator page at (\S+)", show.log)
    assert address is not None
    with urllib.request.urlopen(f"{address[1].rstrip('/')}/api/status", timeout=60) as answer:
        document: dict[str, Any] = json.load(answer)
    return document
