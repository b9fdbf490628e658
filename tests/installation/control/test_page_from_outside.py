"""The page as an attacker meets it: on a real socket, served to the network, with bytes that no browser would send."""

import hmac
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest
from websockets.exceptions import InvalidStatus

from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.outputs.layout import Layout, Output
from installation.outputs.store import LayoutStore
from installation.presets.naming import PRESET_FOLDER
from installation.presets.shelf import PresetShelf
from s2s.serving.keys import View
from s2s.serving.token_file import kept_tokens
from tests.installation.control.live_page import live, served, sources_of
from tests.waiting import wait_until

FOREIGN: Final = "Origin: http://evil.example"
WRITES: Final = (
    ("PUT", "/api/parameters/audio/gain", '{"value": 3}'),
    ("PUT", "/api/parameters", '{"values": {"/audio/gain": 3}}'),
    ("PUT", "/api/blackout", '{"value": true}'),
    ("PUT", "/api/outputs", '{"outputs": [{"name": "mine"}]}'),
    ("POST", "/api/outputs", '{"name": "mine"}'),
    ("PATCH", "/api/outputs/wall", '{"flip": "both"}'),
    ("DELETE", "/api/outputs/left", ""),
    ("POST", "/api/token", ""),
)
TRAVERSALS: Final = (
    *(
        "/web/../app.py",
        "/web/../../../../setup.sh",
        "/web/%2e%2e/app.py",
        "/web/..%2f..%2frest.py",
        "/web//etc/passwd",
    ),
    *(
        "/web/%2fetc%2fpasswd",
        "/web/..%5c..%5capp.py",
        "/web/page.js%00.png",
        "/web/./../../page/app.py",
        "/web/%252e%252e/app.py",
    ),
    *(
        "/api/presets/..%2f..%2fsetup/thumbnail",
        "/api/presets/%2fetc%2fpasswd/thumbnail",
        "/api/presets/.git/thumbnail",
    ),
    *(
        "/api/presets/gallery%00/thumbnail",
        "/api/outputs/..%2f..%2fetc",
        "/api/parameters/../../etc/passwd",
        "/../../setup.sh",
    ),
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def outputs(tmp_path: Path) -> LayoutStore:
    return LayoutStore(tmp_path / "outputs.yaml", Layout((Output("wall"), Output("left"))))


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture
def page(desk: Desk, outputs: LayoutStore, token_file: Path) -> Iterator[OperatorPage]:
    """A page that is open to the network, and shows a view to those who have its token."""
    sources = sources_of(desk, outputs=outputs, shelf=PresetShelf((PRESET_FOLDER,)))
    with served(sources, "0.0.0.0", token_file, lambda: View.TOKEN) as page:
        yield page


def ask(page: OperatorPage, first: str, *headers: str, body: str = "", host: str = "localhost") -> str:
    """Send a request as it is written, and return the whole answer."""
    lines = [f"{first} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return answered(page, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body.encode())


def answered(page: OperatorPage, request: bytes) -> str:
    """Send bytes and return what comes back until the other side hangs up."""
    told = b""
    with socket.create_connection(("127.0.0.1", page.port), timeout=30) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(65_536):
                told += piece
        except (ConnectionResetError, BrokenPipeError):  # it did not want to hear the rest
            pass
    return told.decode("latin-1")


def status(answer: str) -> int:
    """Return the number in the first line of an answer, 0 where there is none."""
    found = re.match(r"HTTP/1\.1 (\d{3}) ", answer)
    return 0 if found is None else int(found[1])


def bearer(token: str) -> str:
    """Return the header that programs bring their token by."""
    return f"Authorization: Bearer {token}"


def test_a_foreign_site_in_the_operators_browser_sets_nothing(
    page: OperatorPage, desk: Desk, outputs: LayoutStore, token_file: Path
) -> None:
    cookie = f"Cookie: show{page.port}={kept_tokens(token_file).full}"
    foreign = (
        FOREIGN,
        "Origin: null",
        "Origin: http://localhost.evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    )
    for method, path, body in WRITES:
        for header in foreign:
            assert status(ask(page, f"{method} {path}", cookie, header, body=body)) == 403, (method, path, header)
    assert desk.get("/audio/gain") == 0.0 and len(outputs.get().outputs) == 2
    for header in foreign:
        brought = [tuple(one.split(": ")) for one in (header, cookie)]
        with pytest.raises(InvalidStatus, match="403"), live(page.port, additional_headers=brought):
            pass
    assert "SameSite=Strict" in ask(page, f"GET /?token={kept_tokens(token_file).full}")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example", "[::1].evil.example", "1"]
)
def test_a_name_that_was_bent_to_this_machine_opens_nothing(page: OperatorPage, token_file: Path, host: str) -> None:
    assert status(ask(page, "GET /api/status", bearer(kept_tokens(token_file).full), host=host)) == 400


def test_no_way_leads_out_of_what_is_served(page: OperatorPage, token_file: Path) -> None:
    full = bearer(kept_tokens(token_file).full)
    answers = {path: ask(page, f"GET {path}", full) for path in TRAVERSALS}
    assert {path: status(answer) for path, answer in answers.items() if status(answer) not in (400, 404)} == {}
    assert [path for path, answer in answers.items() if re.search(r"root:|^import |#!/", answer, re.MULTILINE)] == []
    for name in ("../gallery", "/etc/passwd", "a/../gallery", "..", "gallery\\u0000", ".hidden"):
        assert status(ask(page, "PUT /api/preset", full, body=f'{{"value": "{name}"}}')) in (400, 404), name


def test_who_only_looks_changes_nothing_by_any_way(
    page: OperatorPage, desk: Desk, outputs: LayoutStore, token_file: Path
) -> None:
    tokens = kept_tokens(token_file)
    for method, path, body in WRITES:
        assert status(ask(page, f"{method} {path}", bearer(tokens.read), body=body)) == 403, (method, path)
        assert status(ask(page, f"{method} {path}?view=read", bearer(tokens.full), body=body)) == 403, (method, path)
        assert status(ask(page, f"{method} {path}", body=body)) == 401, (method, path)
    with live(page.port, f"/api/live?token={tokens.read}") as looks:
        looks.say(type="output", id=1, name="wall", change={"flip": "both"})
        assert "only looks" in looks.hear("refused")["error"]
        looks.set("/audio/gain", 3.0, 2)
        assert "only looks" in looks.hear("refused")["error"]
    assert desk.get("/audio/gain") == 0.0 and outputs.get() == Layout((Output("wall"), Output("left")))
    assert kept_tokens(token_file) == tokens


def test_a_guesser_learns_nothing_and_the_owner_is_answered_meanwhile(page: OperatorPage, token_file: Path) -> None:
    full = kept_tokens(token_file).full
    guesses = ("x" * 32, full[:-1], full + "x", full[1:], full.swapcase(), "", "%00", "%C3%A9" * 8)
    spy = patch("s2s.serving.keys.hmac.compare_digest", wraps=hmac.compare_digest)
    with patch("s2s.serving.limits._FIRST_DELAY_S", 0.0), spy as compared:
        answers = [ask(page, f"GET /api/status?token={guess}") for guess in guesses]
        assert {status(answer) for answer in answers} == {401}
        assert {len(answer) for answer, guess in zip(answers, guesses, strict=True) if guess} == {len(answers[0])}
        assert status(ask(page, "GET /api/status", bearer(full))) == 200
    assert compared.call_count >= len(guesses) - 1  # in a time that tells nothing
    assert page.status().wrong_tokens >= len(guesses) - 1


def put(*headers: str, body: bytes = b"", first: str = "PUT /api/outputs") -> bytes:
    """Return a request in which `%s` stands for the token's header."""
    return "\r\n".join([f"{first} HTTP/1.1", "Host: localhost", "%s", *headers]).encode() + b"\r\n\r\n" + body


TOO_MUCH: Final = {
    "a body of a gigabyte": put("Content-Length: 1000000000", body=b"x" * 3_000_000),
    "a body without an end": put("Transfer-Encoding: chunked", body=b"4000\r\n" + b"x" * 0x4000 + b"\r\n"),
    "a header of a megabyte": put("X: " + "y" * 1_000_000),
    "a hundred thousand headers": put(*["X: y"] * 100_000),
    "an address of a megabyte": put(first="GET /" + "a" * 1_000_000),
    "two lengths": put("Content-Length: 1", "Content-Length: 2", body=b"x"),
    "a length and chunks of no kind": put("Content-Length: 3", "Transfer-Encoding: x", body=b"xyz"),
    "packed JSON": put("Content-Encoding: gzip", "Content-Length: 4", body=b"\x1f\x8b\x08\0"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_is_too_much_is_refused_or_hung_up_and_the_next_is_served(
    page: OperatorPage, token_file: Path, name: str
) -> None:
    full = bearer(kept_tokens(token_file).full)
    with patch("s2s.serving.protocol.BoundedProtocol.patience_s", 0.5):
        answer = answered(page, TOO_MUCH[name].replace(b"%s", full.encode()))
    assert status(answer) in (0, 400, 413, 431, 501), answer[:200]
    assert status(ask(page, "GET /api/status", full)) == 200
    assert wait_until(lambda: page._web.server is not None and len(page._web.server.server_state.connections) <= 1)
