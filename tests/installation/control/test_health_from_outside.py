"""Health and metrics as a monitor on another machine meets them: who is let in, by which token, and what is told."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest
from websockets.exceptions import InvalidStatus

from installation.control.page.rest import product
from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.health import Facts, findings, worst
from installation.logs.exposition import CONTENT_TYPE, read
from installation.status import SinkStatus
from s2s.serving.keys import Tokens, View
from s2s.serving.token_file import kept_tokens
from tests.installation.control.live_page import live, served, sources_of

PATHS: Final = ("/health", "/api/health", "/metrics")
OTHERS: Final = ("/api/status", "/api/picture.jpg", "/api/parameters", "/api/version", "/", "/api/docs")


class Answer:
    """What came back for one request: `status`, `head` and `body`."""

    def __init__(self, told: bytes) -> None:
        head, _, self.body = told.decode().partition("\r\n\r\n")
        self.head = head.lower()
        self.status = int(head.split(" ")[1])


def ask(page: OperatorPage, path: str, *headers: str, method: str = "GET", host: str = "") -> Answer:
    """Ask as a program does, on a connection of its own."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{page.port}'}", "Connection: close", *headers]
    with socket.create_connection(("127.0.0.1", page.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return Answer(b"".join(iter(lambda: connection.recv(65_536), b"")))


def bearer(token: str) -> str:
    """Return the header by which Prometheus brings what is in its `credentials_file`."""
    return f"Authorization: Bearer {token}"


@pytest.fixture(autouse=True)
def _revision(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody asks git here, a process."""
    product.cache_clear()
    monkeypatch.setattr("installation.control.page.rest.revision", lambda: "abc")
    yield
    product.cache_clear()


@pytest.fixture
def view() -> list[View]:
    """What the preset says of the view, now."""
    return [View.NONE]


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture
def wide(token_file: Path, view: list[View]) -> Iterator[OperatorPage]:
    """A page that is open to the network."""
    with served(sources_of(Desk()), "0.0.0.0", token_file, lambda: view[0]) as page:
        yield page


@pytest.fixture
def tokens(wide: OperatorPage, token_file: Path) -> Tokens:
    return kept_tokens(token_file)


def statuses(page: OperatorPage, *headers: str, paths: tuple[str, ...] = PATHS) -> set[int]:
    """Return how the paths are answered."""
    return {ask(page, path, *headers).status for path in paths}


def test_on_this_machine_nothing_is_asked_for() -> None:
    with served(sources_of(Desk())) as page:
        assert statuses(page) == {200}
        assert ask(page, "/metrics", method="HEAD").status == 200
        health, metrics = ask(page, "/health"), ask(page, "/metrics")
        assert json.loads(health.body) == {"condition": "ok", "reasons": {}}
        assert f"content-type: {CONTENT_TYPE}" in metrics.head and "cache-control: no-store" in metrics.head
        assert read(metrics.body)["sound2scene_condition", (("condition", "ok"),)] == 1.0


def test_a_stranger_in_the_network_is_told_nothing(wide: OperatorPage, tokens: Tokens) -> None:
    assert statuses(wide) == {401}
    with patch("s2s.serving.limits._FIRST_DELAY_S", 0.0):
        assert statuses(wide, bearer("x" * 32)) == {401}
        assert statuses(wide, bearer(f"{tokens.full} {tokens.read}")) == {401}
    assert {ask(wide, path, method="HEAD").status for path in PATHS} == {401}
    assert "sound2scene" not in ask(wide, "/metrics").body and "condition" not in ask(wide, "/health").body


@pytest.mark.parametrize("shown", View)
def test_a_monitor_needs_no_more_than_the_token_for_looking_whatever_the_preset_says(
    wide: OperatorPage, tokens: Tokens, view: list[View], shown: View
) -> None:
    view[0] = shown
    with patch("s2s.serving.limits._FIRST_DELAY_S", 0.0):
        assert statuses(wide, bearer(tokens.read)) == statuses(wide, bearer(tokens.full)) == {200}
        assert statuses(wide) == ({200} if shown is View.OPEN else {401})
        for method in ("PUT", "POST", "DELETE"):
            assert {ask(wide, path, bearer(tokens.read), method=method).status for path in PATHS} <= {401, 403}


def test_what_opens_health_opens_nothing_else_without_a_view(wide: OperatorPage, tokens: Tokens) -> None:
    with patch("s2s.serving.limits._FIRST_DELAY_S", 0.0):
        assert statuses(wide, bearer(tokens.read), paths=OTHERS) == {401}
        for path in ("/health/", "/health/../api/status", "/metrics/x", "//health", "/HEALTH", "/health%2f"):
            assert ask(wide, path, bearer(tokens.read)).status in (400, 401), path
        with pytest.raises(InvalidStatus, match="401"), live(wide.port, f"/health?token={tokens.read}"):
            pass


def test_a_name_that_was_bent_here_is_told_nothing(wide: OperatorPage, tokens: Tokens) -> None:
    with served(sources_of(Desk())) as near:
        for page in (near, wide):
            answers = [ask(page, path, bearer(tokens.full), host="evil.example") for path in PATHS]
            assert {answer.status for answer in answers} == {400}


def test_a_foreign_site_reads_nothing_of_it_in_the_operators_browser() -> None:
    """It may have it asked for, as any address, and gets no answer that it may look into."""
    with served(sources_of(Desk())) as page:
        for path in PATHS:
            told = ask(page, path, "Origin: http://evil.example", "Sec-Fetch-Site: cross-site")
            assert "access-control-allow" not in told.head
            assert "cross-origin-resource-policy: same-origin" in told.head and "nosniff" in told.head


def test_nothing_secret_is_told(wide: OperatorPage, tokens: Tokens) -> None:
    said = "cannot open rtmp://live.example/app/key-of-ours, srt://a:1?passphrase=tell-nobody: refused"
    health = worst(findings(Facts(sinks={"rtmp://live.example": SinkStatus(problem=said)}), 0.0))
    assert "rtmp://live.example" in health.reasons
    assert not re.search("key-of-ours|tell-nobody", " ".join(health.reasons.values()))
    told = "".join(ask(wide, path, bearer(tokens.full)).body for path in PATHS)
    assert tokens.full not in told and tokens.read not in told and str(Path.home()) not in told
