"""Programs that know nothing of ours find the real show, read what can be controlled, and control it."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from zeroconf import IPVersion, ServiceBrowser, Zeroconf

from installation.control.page.openapi_page import example
from tests.oscquery_walker import WRITABLE, Walker, ends_of
from tests.show_runner import RAIN, ShowRun
from tests.waiting import wait_until

HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[ShowRun]:
    folder = tmp_path_factory.mktemp("show")
    options = ("--model", str(tiny_model), "--source", RAIN, "--output", "headless", "--size", "64x36", "--fps", "20")
    network = ("--oscquery", f"{HERE}:0", "--page", f"{HERE}:0", "--venue", str(folder / "venue"))
    with ShowRun(folder, *options, *network) as show:
        show.wait_for("INFO installation.show: ok")
        show.wait_for("announced on 127.0.0.1")
        yield show
        assert show.stop() == 0, show.log
        assert "Traceback" not in show.log


def url_after(words: str, show: ShowRun) -> str:
    found = re.search(rf"{words} (http://\S+)/", show.log)
    assert found is not None, show.log
    return found[1]


def test_a_browser_of_the_network_finds_it_on_loopback_and_from_there_osc(show: ShowRun) -> None:
    ports: dict[str, int] = {}

    def found(zeroconf: Zeroconf, service_type: str, name: str, state_change: object) -> None:
        info = zeroconf.get_service_info(service_type, name)
        if info is not None and info.port is not None and info.parsed_addresses() == [HERE]:
            ports[f"{service_type} {info.port}"] = info.port

    wanted = (
        f"_oscjson._tcp.local. {url_after('OSCQuery at', show).rpartition(':')[2]}",
        f"_osc._udp.local. {show.osc_port}",
    )
    with closing(Zeroconf(interfaces=[HERE], ip_version=IPVersion.V4Only)) as zeroconf:
        browser = ServiceBrowser(zeroconf, ["_oscjson._tcp.local.", "_osc._udp.local."], handlers=[found])
        assert wait_until(lambda: set(wanted) <= set(ports), within_s=30), ports
        browser.cancel()
    assert Walker(f"http://{HERE}:{ports[wanted[0]]}").host_info["OSC_PORT"] == show.osc_port


def test_a_walker_sets_everything_to_its_ends_over_both_ways_and_hears_it(show: ShowRun) -> None:
    with Walker(url_after("OSCQuery at", show)) as walker:
        # A deed is done and over: a name that was saved, a cue that was gone to. All others stay as they are set. Where
        # the outputs lie is asked, not listened to.
        moved = [node for node in walker.methods() if not node["FULL_PATH"].startswith("/output/")]
        looks = [node for node in moved if node["ACCESS"] & WRITABLE and "deed" not in node.get("TAGS", ())]
        assert len(looks) > 40
        before = {node["FULL_PATH"]: (node["TYPE"], node["VALUE"][0]) for node in looks if "VALUE" in node}
        for node in looks:
            path, ends = node["FULL_PATH"], ends_of(node)
            for tag, value in ends:
                walker.set_over_udp(path, tag, value)
            walker.command("LISTEN", path)
            for tag, value in ends:
                walker.set_over_socket(path, tag, value)
                walker.wait_for(path, value)
            walker.command("IGNORE", path)
        for path, (tag, value) in before.items():
            walker.set_over_socket(path, tag, value)
        (preset,) = walker.get("/show/preset?RANGE")["RANGE"]
        walker.command("LISTEN", "/show/preset")
        walker.set_over_udp("/show/preset", "s", preset["VALS"][-1])
        walker.wait_for("/show/preset", preset["VALS"][-1])


def curl(requests: Iterable[tuple[str, str, object]], folder: Path) -> list[tuple[int, bytes]]:
    """Ask for each method, address and body, one after the other; return status and body of each."""
    lines = []
    for number, (method, url, body) in enumerate(requests):
        lines += ["next"] if number else []
        lines += [
            f'url = "{url}"',
            "globoff",
            f'request = "{method}"',
            f'output = "{folder}/{number}"',
            r'write-out = "%{http_code}\n"',
        ]
        lines += [] if body is None else [f"json = {json.dumps(json.dumps(body))}"]
    told = subprocess.run(
        ["curl", "-s", "-K", "-"], input="\n".join(lines), check=True, capture_output=True, timeout=120, text=True
    )
    bodies = [(folder / str(number)) for number in range(len(told.stdout.split()))]
    return [
        (int(code), path.read_bytes() if path.exists() else b"")
        for code, path in zip(told.stdout.split(), bodies, strict=True)
    ]


@pytest.mark.parametrize("one_parameter_of", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_curl_finds_every_path_to_be_as_described(show: ShowRun, tmp_path: Path, one_parameter_of: int) -> None:
    url = url_after("operator page at", show)
    ((code, body),) = curl([("GET", f"{url}/api/openapi.json", None)], tmp_path)
    document: dict[str, Any] = json.loads(body)
    assert code == 200
    assert len(document["paths"]) > 60
    single = [path for path in document["paths"] if path.startswith("/api/parameters/")]
    left_out = set(single) - set(single[::one_parameter_of])
    paths = {path: each for path, each in document["paths"].items() if path not in left_out}
    described = [(method, path, one) for path, each in paths.items() for method, one in each.items()]
    # The example of all outputs has one that is called left.
    there = {path: path.replace("outputs/{name}", "outputs/left") for path in paths}
    requests = [(method.upper(), url + there[path], body_for(one)) for method, path, one in described]
    answers = curl(requests, tmp_path)
    for (method, path, operation), (code, body) in zip(described, answers, strict=True):
        # This page is on loopback and has no token to change; there is no preset that is called {name}.
        absent = path in ("/api/token", "/api/presets/{name}/thumbnail")
        done = min(int(status) for status in operation["responses"] if status.startswith("2"))
        assert code == (404 if absent else done) and str(code) in operation["responses"], (method, path, code, body)


def body_for(operation: dict[str, Any]) -> object:
    if "requestBody" not in operation:
        return None
    return example(operation["requestBody"]["content"]["application/json"]["schema"])
