"""The program's own command line in the process of the tests: for what ends before a show or a film begins.

To start the program takes seconds, and one start of each kind shows that its exit code is what `run` returns.
"""

import logging

import pytest

import installation.main
import run_show


def ended(caplog: pytest.LogCaptureFixture, *arguments: str) -> tuple[int, list[str]]:
    """Run the program with `arguments` that start nothing; return its exit code and the lines it says at its level."""
    caplog.set_level(logging.INFO)
    with pytest.MonkeyPatch.context() as patch:
        for begins in ("show", "render_film"):
            patch.setattr(installation.main, begins, lambda *_: pytest.fail("it begins"))
        code = installation.main.run(run_show.build_parser().parse_args(arguments))
    return code, [record.getMessage() for record in caplog.records]
