"""The study over HTTP: what is asked, kept and refused, and that nothing tells which picture is right."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from s2s.serving.access import Access
from s2s.study.answers import AnswerLog, read_answers
from s2s.study.app import make_app
from s2s.study.manifest import ANSWERS, MANIFEST, Study
from s2s.study.scoring import score
from s2s.study.sitting import Sitting
from tests.s2s.study.studies import write_small_study

Asked = dict[str, Any]


class Client:
    """A browser without a network: asks the application itself."""

    def __init__(self, app: ASGIApp, base_url: str = "http://localhost") -> None:
        self._app, self._base_url = app, base_url

    def get(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, **more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, **more))

    def begin(self) -> Asked:
        answer = self.post("/api/participants", json={"agreed": True})
        assert answer.status_code == 200, answer.text
        state: Asked = answer.json()
        return state

    def answer(self, state: Asked, chosen: list[int], **more: Any) -> httpx.Response:
        body = {"question": state["question"]["id"], "chosen": chosen, "seconds": 1.5, **more}
        return self.post(f"/api/participants/{state['participant']}/answers", json=body)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url=self._base_url) as client:
            return await client.request(method, path, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "study"


@pytest.fixture
def study(folder: Path) -> Study:
    return write_small_study(folder)


@pytest.fixture
def log(folder: Path, study: Study) -> Iterator[AnswerLog]:
    log, _ = AnswerLog.open(folder, study)
    yield log
    log.close()


@pytest.fixture
def client(folder: Path, study: Study, log: AnswerLog) -> Client:
    return Client(make_app(folder, study, Sitting(study, log, [])))


def test_from_the_first_question_to_the_score(client: Client, folder: Path, study: Study) -> None:
    state = client.begin()
    for answered in range(4):
        assert (state["answered"], state["questions"]) == (answered, 4)
        question = study.questions["i" if state["question"]["choose"] == "all" else "ii"]
        files = next(one for one in question if one.id == state["question"]["id"]).pictures
        right = [state["question"]["pictures"].index(f"media/{one.file}") for one in files if one.right]
        state = client.answer(state, right).json()
    assert state["question"] is None
    shares = score(study, read_answers(folder, study)).shares
    assert {name: share.value for name, share in shares.items() if share is not None} == {
        **dict.fromkeys(("recall, ours", "recall, baseline", "precision"), 1.0),
        **dict.fromkeys(("recall, difference", "false", "none"), 0.0),
        **dict.fromkeys(("chosen of others, ours", "chosen of others, baseline"), 0.0),
    }


def test_a_participant_who_comes_back_is_asked_the_same_question(client: Client) -> None:
    state = client.answer(client.begin(), []).json()
    assert client.get(f"/api/participants/{state['participant']}").json() == state


def test_a_server_that_comes_back_goes_on_where_it_was(client: Client, folder: Path, study: Study) -> None:
    state = client.answer(client.begin(), []).json()
    again = Sitting(study, AnswerLog(-1), read_answers(folder, study))
    assert Client(make_app(folder, study, again)).get(f"/api/participants/{state['participant']}").json() == state


def test_an_answer_sent_twice_is_kept_once_and_no_answer_can_be_changed(
    client: Client, folder: Path, study: Study
) -> None:
    first = client.begin()
    one, again = (client.answer(first, [0]) for _ in range(2))
    changed = client.answer(first, [1])
    assert one.json() == again.json() and (one.status_code, again.status_code) == (200, 200)
    assert changed.status_code == 409 and "cannot be changed" in changed.json()["error"]
    assert len(read_answers(folder, study)) == 2


def test_nothing_that_is_served_tells_which_picture_is_right(client: Client, study: Study) -> None:
    state = client.begin()
    served = [client.get("/").text, client.get("/api/study").text]
    while state["question"]:
        served.append(json.dumps(state))
        state = client.answer(state, []).json()
    secrets = {one.label for asked in study.questions.values() for question in asked for one in question.pictures}
    secrets |= {"ours", "baseline", "Tiny"}
    assert [word for word in secrets for text in served[1:] if word in text] == []
    for path in (f"/media/{MANIFEST}", f"/media/..%2f{MANIFEST}", f"/{MANIFEST}", f"/media/..%2f{ANSWERS}"):
        assert client.get(path).status_code == 404


def test_media_are_served_whole_and_in_parts_as_phones_ask_for_sound(
    client: Client, folder: Path, study: Study
) -> None:
    whole = (folder / "media" / study.check).read_bytes()
    answer = client.get(f"/media/{study.check}")
    part = client.get(f"/media/{study.check}", headers={"Range": "bytes=10-19"})
    assert (answer.content, answer.headers["content-type"]) == (whole, "audio/wav")
    assert (part.status_code, part.content) == (206, whole[10:20])


def test_nobody_takes_part_without_agreeing(client: Client, folder: Path, study: Study) -> None:
    refused = client.post("/api/participants", json={"agreed": False})
    assert refused.status_code == 400 and "agreed" in refused.json()["error"]
    assert read_answers(folder, study) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b"\xff",
        b" " * 100_000,
        b"[" * 4000,
        b'{"question": "i-01", "chosen": [0, 0], "seconds": 1}',
        b'{"question": "i-01", "chosen": [5], "seconds": 1}',
        b'{"question": "i-01", "chosen": [-1], "seconds": 1}',
        b'{"question": "i-01", "chosen": 0, "seconds": 1}',
        b'{"question": "i-01", "chosen": [], "seconds": -1}',
        b'{"question": "i-01", "chosen": [], "seconds": NaN}',
        b'{"question": "i-01", "chosen": [], "seconds": 1, "name": "Ada"}',
        b'{"question": "i-01", "chosen": [0, 1, 2, 3, 4, 0], "seconds": 1}',
    ],
)
def test_a_bad_answer_is_refused_in_one_line_and_the_question_stays(client: Client, body: bytes) -> None:
    state = client.begin()
    body = body.replace(b"i-01", state["question"]["id"].encode())
    path = f"/api/participants/{state['participant']}"
    refused = client.post(f"{path}/answers", content=body)
    assert refused.status_code == 400
    assert refused.json()["error"].isprintable() and len(refused.json()["error"]) < 250
    assert client.get(path).json() == state


def test_of_the_second_experiment_one_picture_is_chosen_or_none(client: Client) -> None:
    client.begin()
    state = client.begin()  # every other participant begins with the second experiment
    assert state["question"]["choose"] == "one"
    assert client.answer(state, [0, 1]).status_code == 400
    assert client.answer(state, []).json()["answered"] == 1


def test_a_stranger_to_the_study_is_told_so(client: Client) -> None:
    assert client.get("/api/participants/0123456789abcdef").status_code == 404
    answer = client.post("/api/participants/nobody/answers", json={"question": "i-01", "chosen": [], "seconds": 1})
    assert answer.status_code == 404 and "does not know you" in answer.json()["error"]


def test_with_enough_participants_the_study_closes_to_new_ones_alone(
    folder: Path, study: Study, log: AnswerLog
) -> None:
    client = Client(make_app(folder, study, Sitting(study, log, [], wanted=1)))
    slow, quick = client.begin(), client.begin()
    while quick["question"]:
        quick = client.answer(quick, []).json()
    assert client.get("/api/study").json()["open"] is False
    refused = client.post("/api/participants", json={"agreed": True})
    assert refused.status_code == 403 and "all the participants" in refused.json()["error"]
    assert client.answer(slow, []).json()["answered"] == 1


def test_places_go_to_those_that_nobody_finished(study: Study, log: AnswerLog) -> None:
    sitting = Sitting(study, log, [], wanted=3)
    first = [sitting.begin() for _ in range(3)]
    for one in first[:2]:
        while (asked := one.next) is not None:
            sitting.answer(one.id, asked.question.id, [], 1.0)
    assert [one.place for one in (*first, sitting.begin())] == [0, 1, 2, 2]


def test_a_disk_that_is_full_is_said_and_the_answer_can_be_sent_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = client.begin()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("s2s.study.answers.os.fsync", full)
        refused = client.answer(state, [0])
        assert refused.status_code == 507 and "tell whoever runs the study" in refused.json()["error"]
    assert client.answer(state, [0]).json()["answered"] == 1


def test_foreign_names_sites_and_strangers_are_turned_away(folder: Path, study: Study, log: AnswerLog) -> None:
    local = make_app(folder, study, Sitting(study, log, []))
    agreed: dict[str, Any] = {"json": {"agreed": True}}
    assert Client(local, "http://evil.example").get("/").status_code == 400
    assert (
        Client(local).post("/api/participants", headers={"Origin": "http://evil.example"}, **agreed).status_code == 403
    )
    wide = Client(
        make_app(folder, study, Sitting(study, log, []), Access("0.0.0.0", "secret")), "http://192.168.1.5:8090"
    )
    assert wide.get("/").status_code == wide.get(f"/media/{study.check}").status_code == 401
    assert wide.post("/api/participants", **agreed).status_code == 401
    assert "study=secret" in wide.get("/?token=secret").headers["set-cookie"]
    assert wide.get("/api/study", headers={"Cookie": "study=secret"}).status_code == 200


def test_the_page_loads_nothing_from_elsewhere_and_needs_nothing_built(client: Client) -> None:
    page = client.get("/")
    assert "://" not in page.text and "import " not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert " style=" not in page.text and " onclick=" not in page.text  # no policy would let these through
