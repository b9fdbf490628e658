"""Exit codes: what scripts and service managers rely on does not move."""

import json

from installation.audio.source import SourceError
from installation.exit_codes import ExitCode
from installation.output.surface import DisplayError


def test_the_numbers_are_those_of_the_contract() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 75]
    assert SourceError.exit_code is ExitCode.SOURCE and DisplayError.exit_code is ExitCode.DISPLAY


def test_a_code_travels_from_a_worker_as_a_plain_number() -> None:
    assert json.dumps({"exit_code": ExitCode.SOURCE}) == '{"exit_code": 4}'
