"""Who may open the page from the network, and how far: tokens on a real socket."""

import io
import json
import logging
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from installation.control.page.page_token import PageToken, card, terminal_of
from installation.control.page.service import OperatorPage
from installation.desk import Desk
from s2s.serving.keys import View
from s2s.serving.token_file import kept_tokens
from tests.installation.control.live_page import live, served, sources_of
from tests.waiting import wait_until

GAIN = "/audio/gain"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "venue" / "token"


def ask(page: OperatorPage, path: str, token: str = "", method: str = "GET", body: bytes | None = None) -> int:
    """Return the status of an answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{page.port}{path}", body, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_token_outlives_a_restart_and_a_deleted_file_ends_it(desk: Desk, file: Path) -> None:
    with served(sources_of(desk), "0.0.0.0", file) as page:
        token = kept_tokens(file).full
        assert (ask(page, "/api/status"), ask(page, f"/api/status?token={token}")) == (401, 200)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with served(sources_of(desk), "0.0.0.0", file) as page:
        assert ask(page, "/api/status", token) == 200
    file.unlink()
    with served(sources_of(desk), "0.0.0.0", file) as page:
        assert ask(page, "/api/status", token) == 401


def test_on_loopback_no_token_is_made_asked_for_or_written(desk: Desk, file: Path) -> None:
    with served(sources_of(desk), "127.0.0.1", file) as page:
        assert ask(page, "/api/status") == 200
        assert ask(page, "/api/token", method="POST") == 404
    assert not file.parent.exists()


def test_the_token_is_in_no_log_even_where_everything_is_logged(
    desk: Desk, file: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with served(sources_of(desk), "0.0.0.0", file, lambda: View.TOKEN) as page:
        tokens = kept_tokens(file)
        for token in (tokens.full, tokens.read):
            ask(page, f"/api/status?token={token}")
            ask(page, f"/nowhere?token={token}")
            with live(page.port, f"/api/live?token={token}") as one:
                one.hear("hello")
            with pytest.raises(InvalidStatus), live(page.port, f"/nowhere?token={token}"):
                pass
        ask(page, f"/api/status?token={tokens.full}x")
        assert tokens.full not in repr((page.status(), page._token))
    lines = [record.getMessage() for record in caplog.records if record.name != "websockets.client"]  # the test's own
    said = "\n".join(lines) + "".join(capfd.readouterr())
    assert tokens.full not in said and tokens.read not in said
    assert f"its token lies in {file}" in said  # nobody looks at a terminal here


def test_a_terminal_is_shown_the_address_with_the_token_and_a_code_and_the_log_the_file(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token, terminal = PageToken(file, lambda: View.TOKEN), io.StringIO()
    token.load()
    token.announce(["http://192.168.1.5:8080/", "http://10.0.0.3:8080/"], terminal)
    tokens = kept_tokens(file)

    shown = terminal.getvalue()
    assert shown.count(f"?token={tokens.full}\n") == 2 and f"http://10.0.0.3:8080/?token={tokens.read}" in shown
    code = shown.splitlines()[-15:]
    assert all(set(line) <= set(" █▀▄") for line in code) and len({len(line) for line in code}) == 1
    assert tokens.full not in caplog.text and f"stands on the terminal and in {file}" in caplog.text


def test_a_view_for_everybody_is_shown_as_that(file: Path) -> None:
    shown = card(["http://192.168.1.5:8080/"], PageToken(file, lambda: View.OPEN).keys)
    assert "To look only, for everybody:\n  http://192.168.1.5:8080/\n" in shown


def test_only_what_somebody_looks_at_is_a_terminal() -> None:
    closed = io.StringIO()
    closed.close()
    assert terminal_of([None, io.StringIO(), closed]) is None


def test_a_venue_that_cannot_be_written_is_said_and_the_page_serves(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "venue").write_text("a file where the folder should be")
    with served(sources_of(desk), "0.0.0.0", tmp_path / "venue" / "token") as page:
        assert ask(page, "/api/status") == 401
    assert "token ends with this run" in caplog.text


def test_a_new_token_from_the_page_logs_everybody_else_out(desk: Desk, file: Path) -> None:
    with served(sources_of(desk), "0.0.0.0", file) as page:
        old = kept_tokens(file).full
        with live(page.port, f"/api/live?token={old}") as other:
            other.hear("hello")
            request = urllib.request.Request(f"http://127.0.0.1:{page.port}/api/token", method="POST")
            request.add_header("Cookie", f"show{page.port}={old}")
            with urllib.request.urlopen(request, timeout=30) as answer:
                new = json.loads(answer.read())["token"]
                assert f"show{page.port}={new}" in answer.headers["Set-Cookie"]
            with pytest.raises(ConnectionClosed) as ended:
                other.hear("nothing")
            assert ended.value.rcvd is not None and ended.value.rcvd.code == 4401
        assert (ask(page, "/api/status", old), ask(page, "/api/status", new)) == (401, 200)
        assert kept_tokens(file).full == new


def test_who_only_looks_sees_everything_and_sets_nothing(desk: Desk, file: Path) -> None:
    with served(sources_of(desk), "0.0.0.0", file, lambda: View.TOKEN) as page:
        read = kept_tokens(file).read
        assert ask(page, "/api/status", read) == 200
        assert ask(page, f"/api/parameters{GAIN}", read, "PUT", b'{"value": 5}') == 403
        assert ask(page, "/api/token", read, "POST") == 403
        with live(page.port, f"/api/live?token={read}") as one:
            assert one.hear("hello")["access"] == "read"
            one.set(GAIN, 5.0)
            assert "only looks" in one.hear("refused")["error"]
    assert desk.get(GAIN) == 0.0


def test_a_view_is_there_only_while_the_preset_says_so(desk: Desk, file: Path) -> None:
    view = [View.NONE]
    with served(sources_of(desk), "0.0.0.0", file, lambda: view[0]) as page:
        read = kept_tokens(file).read
        assert [ask(page, "/api/status", token) for token in ("", read)] == [401, 401]
        view[0] = View.OPEN
        assert ask(page, "/api/status") == 200
        with live(page.port) as one:
            one.hear("hello")
            view[0] = View.NONE  # another preset was gone to
            with pytest.raises(ConnectionClosed):
                one.hear("nothing")


def test_an_operator_may_look_without_the_power_to_set(desk: Desk) -> None:
    with served(sources_of(desk)) as page:
        with live(page.port, "/api/live?view=read") as one:
            assert one.hear("hello")["access"] == "read"
        assert ask(page, f"/api/parameters{GAIN}?view=read", "", "PUT", b'{"value": 5}') == 403


def test_a_stranger_opens_no_socket(desk: Desk, file: Path) -> None:
    with served(sources_of(desk), "0.0.0.0", file) as page:
        for path in ("/api/live", "/api/live?token=guess"):
            with pytest.raises(InvalidStatus) as refused, live(page.port, path):
                pass
            assert refused.value.response.status_code == 401


def test_wrong_tokens_are_counted_and_never_lock_the_owner_out(desk: Desk, file: Path) -> None:
    with served(sources_of(desk), "0.0.0.0", file) as page:
        assert {ask(page, f"/api/status?token=guess{number}") for number in range(3)} == {401}
        assert ask(page, "/api/status", kept_tokens(file).full) == 200
        assert page.status().wrong_tokens == 3
        assert wait_until(lambda: page.status().refused >= 3)


def test_too_many_requests_are_told_when_to_come_again(desk: Desk) -> None:
    with served(sources_of(desk)) as page:
        page._limits._rate, page._limits._burst = 0.01, 5.0  # however slowly a busy machine asks
        answers = [ask(page, "/nowhere") for _ in range(30)]
    assert 429 in answers and answers[0] == 404
