import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from installation.control.page.app import make_app
from installation.control.page.files import answer_file, answer_page
from installation.desk import Desk
from installation.presets.shelf import PresetShelf
from tests.installation.control.live_page import sources_of


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    folder.mkdir()
    for name in ("index.html", "main.js", "theme.css", "icon.svg", "secret.py"):
        (folder / name).write_text(f"this is {name}")
    (tmp_path / "outside.js").write_text("not the page's")
    (folder / "link.js").symlink_to(tmp_path / "outside.js")
    return folder


def get(folder: Path, path: str, **headers: str) -> httpx.Response:
    def page(request: Request) -> Response:
        return answer_page(request, folder)

    def file(request: Request) -> Response:
        return answer_file(request, request.path_params["name"], folder)

    app = Starlette(routes=[Route("/", page), Route("/web/{name:path}", file)])

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://192.168.1.5:8080") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("name", "kind"),
    [("main.js", "text/javascript"), ("theme.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
def test_a_file_is_what_it_is_and_is_sent_again_only_when_it_is_another(web: Path, name: str, kind: str) -> None:
    first = get(web, f"/web/{name}")
    assert first.headers["content-type"].startswith(kind) and first.text == f"this is {name}"

    again = get(web, f"/web/{name}", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    (web / name).write_text("another")
    assert get(web, f"/web/{name}", **{"If-None-Match": first.headers["etag"]}).text == "another"


@pytest.mark.parametrize(
    "name", ["../outside.js", "..%2foutside.js", "%2e%2e/outside.js", "link.js", "secret.py", "", "none.js", "a%00.js"]
)
def test_nothing_else_is_served(web: Path, name: str) -> None:
    assert get(web, f"/web/{name}").status_code == 404


def test_the_page_may_do_nothing_that_stands_in_its_own_text_and_speak_to_nobody_else(web: Path) -> None:
    answer = get(web, "/")
    policy = answer.headers["content-security-policy"]

    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert "connect-src 'self' ws://192.168.1.5:8080 wss://192.168.1.5:8080;" in policy


def test_a_host_that_is_none_adds_nothing_to_the_policy(web: Path) -> None:
    policy = get(web, "/", Host="a; script-src *").headers["content-security-policy"]
    assert "connect-src 'self';" in policy and "*" not in policy


def test_a_presets_thumbnail_is_a_jpeg_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "evening.yaml").write_text("name: Evening\ndescription: warm\n")
    (tmp_path / "evening.jpg").write_bytes(b"\xff\xd8\xff a picture")
    app = make_app(sources_of(Desk(), shelf=PresetShelf((tmp_path,))))

    async def ask(name: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get(f"/api/presets/{name}/thumbnail")

    found = asyncio.run(ask("evening"))
    assert (found.status_code, found.headers["content-type"]) == (200, "image/jpeg") and "etag" in found.headers
    assert [asyncio.run(ask(name)).status_code for name in ("gallery", "..%2fevening", "x" * 300)] == [404] * 3
