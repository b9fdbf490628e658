"""A real Chromium without a window, led by its DevTools protocol over two pipes: no port, no driver, no network.

https://chromedevtools.github.io/devtools-protocol/; `--remote-debugging-pipe` reads descriptor 3 and writes 4.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
from types import TracebackType
from typing import Any, Final, Literal, Self

from tests.waiting import wait_until

_TIMEOUT_S: Final = 60.0
_FREE_FROM: Final = 10
"""Descriptors below are the browser's."""
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--remote-debugging-pipe",
)
_KEYS: Final = {
    **{"Enter": ("Enter", 13, "\r"), " ": ("Space", 32, " "), "Tab": ("Tab", 9, ""), "Escape": ("Escape", 27, "")},
    **{"ArrowLeft": ("ArrowLeft", 37, ""), "ArrowRight": ("ArrowRight", 39, ""), "Delete": ("Delete", 46, "")},
}
_A4_IN: Final = {"paperWidth": 8.27, "paperHeight": 11.69}


class Browser:
    """Chromium with one page in it. `with Browser() as browser: browser.open(path.as_uri())`."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._to, self._from = -1, -1
        self._heard = b""
        self._asked = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            raise RuntimeError("no Chromium here: ./setup.sh --dev installs it")
        theirs_in, self._to = _high(os.pipe())
        self._from, theirs_out = _high(os.pipe())
        command = [program, *_OPTIONS, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", *command],
            pass_fds=[theirs_in, theirs_out],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._to)  # at the end of its pipe it ends itself
        assert self._process is not None
        try:
            self._process.wait(_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)
        self._profile.cleanup()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to one command of the protocol. Raises RuntimeError for an error or no answer."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._hear()
            if answer.get("id") != self._asked:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            else:
                return dict(answer["result"])

    def open(self, address: str) -> None:
        """Go to a page and wait until it has loaded with all its pictures."""
        self._load("about:blank")  # the page before may still complain that its show has gone
        self._load(address)

    def _load(self, address: str) -> None:
        self.events.clear()
        self.ask("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._hear())

    def shape(
        self, width: int, height: int, *, scheme: Literal["light", "dark"] = "light", media: str = "screen", phone: bool
    ) -> None:
        """Give the page a window of that many CSS pixels, and what it prefers; `media` may be "print"."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)

    def value(self, expression: str) -> Any:
        """Return what a JavaScript expression comes to, promises awaited, as plain data. Raises RuntimeError."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Wait until an expression is true in the page. Fails where it does not become so."""
        true_now = f"Boolean({condition})"
        assert wait_until(lambda: bool(self.value(true_now)), within_s=_TIMEOUT_S, every_s=0.05), condition

    def place(self, selector: str, across: float = 0.5) -> tuple[float, float]:
        """Return where the first element that `selector` finds is seen, in CSS pixels; scrolls to it."""
        x, y = self.value(
            f"""(() => {{ const one = document.querySelector({json.dumps(selector)});
            one.scrollIntoView({{block: "center", behavior: "instant"}}); const box = one.getBoundingClientRect();
            return [box.x + box.width * {across}, box.y + box.height / 2]; }})()"""
        )
        return float(x), float(y)

    def click(self, selector: str) -> None:
        """Tap the middle of the first element that `selector` finds, where a person would."""
        x, y = self.place(selector)
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Do one thing with the mouse: mousePressed, mouseMoved (with its button down), mouseReleased."""
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def swipe(self, x: float, y: float, dx: float, dy: float, steps: int = 8) -> None:
        """Draw one finger over the screen."""
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        for step in range(1, steps + 1):
            point = {"x": x + dx * step / steps, "y": y + dy * step / steps}
            self.ask("Input.dispatchTouchEvent", type="touchMove", touchPoints=[point])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self.ask("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press a key: one of `_KEYS`."""
        code, number, text = _KEYS[key]
        about = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **about, **({"text": text} if text else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", **about)

    def screenshot(self, *, whole: bool = False) -> bytes:
        """Return a PNG of the window, or of the whole page."""
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def pdf(self) -> bytes:
        """Return the page printed on A4, with the margins that it asks for."""
        self.ask("Emulation.setEmulatedMedia", media="")
        answer = self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True, **_A4_IN)
        return base64.b64decode(answer["data"])

    def complaints(self) -> list[str]:
        """Return what the console said since the page was opened: errors, refused addresses, broken scripts."""
        entries = [event["params"]["entry"] for event in self.events if event.get("method") == "Log.entryAdded"]
        thrown = [event["params"] for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        return [entry["text"] for entry in entries if entry["level"] in ("error", "warning")] + [str(o) for o in thrown]

    def fetched(self) -> list[str]:
        """Return the addresses that the page asked for since it was opened, its own and `data:` left out."""
        sent = [event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        addresses = [one["request"]["url"] for one in sent if one["type"] != "Document"]
        return [address for address in addresses if not address.startswith("data:")]

    def _hear(self) -> dict[str, Any]:
        """Return the next message of the browser."""
        while b"\0" not in self._heard:
            if not select.select([self._from], [], [], _TIMEOUT_S)[0]:
                raise RuntimeError(f"Chromium said nothing for {_TIMEOUT_S:g} s")
            more = os.read(self._from, 1 << 20)
            if not more:
                raise RuntimeError("Chromium ended")
            self._heard += more
        message, _, self._heard = self._heard.partition(b"\0")
        return dict(json.loads(message))


def _high(pipe: tuple[int, int]) -> tuple[int, int]:
    """Return the two ends of `pipe` under descriptors that the browser does not want for itself."""
    read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FREE_FROM) for end in pipe)
    for end in pipe:
        os.close(end)
    return read, write
