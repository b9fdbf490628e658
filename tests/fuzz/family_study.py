"""The user study: answers as browsers send them, and the file that keeps them."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from hypothesis import strategies as st

from s2s.study.answers import AnswerLog, read_answers
from s2s.study.app import make_app
from s2s.study.manifest import ANSWERS, read_study
from s2s.study.sitting import Sitting
from tests.fuzz.documents import json_of
from tests.fuzz.family import LONGEST_MESSAGE, BrokenPromiseError, Family
from tests.s2s.study.studies import write_answered_study, write_small_study

_MODEL: Final = {"name": "Tiny", "version": "1"}
_POSTED: Final = b"POST "
"""What tells a case that a browser sends from one that is the file of answers."""
_ANSWER: Final[dict[str, Any]] = {"question": "i-01", "chosen": [0], "seconds": 1.5}
_KEYS: Final = ("question", "chosen", "seconds", "agreed", "event", "participant", "place", "shown", "study", "format")
_VALUES: Final = ("i-01", "ii-02", [0, 0], [99], [-1], True, "answer", "begun", "study")


def _seeds(folder: Path) -> list[bytes]:
    kept = (write_answered_study(folder / "answered", _MODEL) / ANSWERS).read_bytes()
    return [kept, _POSTED + json.dumps(_ANSWER).encode(), _POSTED + b'{"agreed": true}']


def _cases(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    lines = [json.loads(line) for line in seeds[0].splitlines()]
    posted = json_of([_ANSWER, {"agreed": True}], _KEYS, _VALUES).map(lambda body: _POSTED + body)
    line = json_of(lines, _KEYS, _VALUES)
    files = st.lists(st.one_of(st.sampled_from(seeds[0].splitlines()), line), max_size=4)
    return st.one_of(posted, files.map(lambda few: b"\n".join(few) + b"\n"))


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    kept = write_answered_study(folder / "kept", _MODEL)
    study_of_kept = read_study(kept)
    study = write_small_study(folder / "served")
    log, events = AnswerLog.open(folder / "served", study)
    sitting = Sitting(study, log, events)
    participant = sitting.begin().id
    app = make_app(folder / "served", study, sitting)

    async def post(body: bytes) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            for path in ("/api/participants", f"/api/participants/{participant}/answers"):
                answer = await client.post(path, content=body)
                if answer.status_code >= 500:
                    raise BrokenPromiseError(f"{answer.status_code} {answer.text[:200]!r}")

    def read(case: bytes) -> None:
        if case.startswith(_POSTED):
            asyncio.run(post(case.removeprefix(_POSTED)))
            return
        (kept / ANSWERS).write_bytes(case)
        try:
            read_answers(kept, study_of_kept)
        except ValueError as error:
            if not str(error).isprintable() or len(str(error)) > LONGEST_MESSAGE:
                raise BrokenPromiseError(f"a refusal that is no line: {str(error)[:300]!r}") from error

    yield read
    log.close()


STUDY: Final = Family("study", _seeds, _cases, _opened, words=tuple(f'"{key}":'.encode() for key in _KEYS), share=100)
