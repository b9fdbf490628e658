"""OSC control: packets as the network brings them, through the backlog, to the desk, the outputs and ISF inputs."""

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from installation.control.osc.backlog import Backlog
from installation.control.osc.control import OscControl
from installation.control.osc.messages import write_message
from installation.desk import Desk
from installation.isf.header import read_header
from installation.isf.inputs import IsfInputs
from installation.outputs.layout import Layout, Output
from installation.outputs.store import LayoutStore
from installation.parameters import PARAMETERS
from installation.values import Features
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.family_isf import RIPPLE

_ROOTS: Final = ("/show/preset", "/show/cue", "/show/save", "/audio/gain", "/latent/*", "/{audio,show}/*", "/*/[a-z]*")
_OTHERS: Final = (
    *("/subscribe", "/unsubscribe", "/ping", "/output/wall/corner/1", "/output/*/corner/?", "/output/wall/mask/1"),
    *("/output/wall/reset", "/output/wall/blend/left", "/isf/ripple/amount", "/isf/ripple/tint", "/isf//", "//", "/"),
    *("/" + "a" * 900, "/audio/" + "*" * 60, "/{" + "a," * 80 + "}", "/[", "/[!-~]", "/audio/gain/", "/AUDIO/GAIN"),
)
ADDRESSES: Final = (*PARAMETERS, *_ROOTS, *_OTHERS)


class _Nobody:
    """A sender who counts what it is answered."""

    host, gone = "192.0.2.1", False

    def __init__(self) -> None:
        self.answers = 0

    def send(self, packet: bytes) -> bool:
        self.answers += 1
        return True


def _seeds(_folder: Path) -> list[bytes]:
    messages = [write_message("/audio/gain", -6.0), write_message("/show/preset", "gallery"), write_message("/ping")]
    messages += [write_message("/output/wall/corner/1", 0.1, 0.2), write_message("/subscribe", 9001)]
    messages += [write_message("/isf/ripple/tint", 1.0, 0.5, 0.0, 1.0), write_message("/latent/*", 0.5)]
    bundle = b"#bundle\0" + struct.pack(">Q", 1) + b"".join(struct.pack(">i", len(m)) + m for m in messages)
    return [*messages, bundle, b"/x\0\0,[if]\0\0\0" + struct.pack(">if", 1, 0.5)]


def _padded(text: bytes) -> bytes:
    return text + bytes(4 - len(text) % 4)


_NUMBERS: Final = st.one_of(
    st.tuples(st.just(b"i"), st.integers(-(2**31), 2**31 - 1).map(lambda v: struct.pack(">i", v))),
    st.tuples(st.just(b"h"), st.integers(-(2**63), 2**63 - 1).map(lambda v: struct.pack(">q", v))),
    st.tuples(st.just(b"f"), st.integers(0, 2**32 - 1).map(lambda v: struct.pack(">I", v))),
    st.tuples(st.just(b"d"), st.floats().map(lambda v: struct.pack(">d", v))),
)
_ARGUMENTS: Final = st.one_of(
    _NUMBERS,
    st.tuples(st.sampled_from((b"s", b"S")), st.binary(max_size=60).map(_padded)),
    st.tuples(st.just(b"s"), st.sampled_from(ADDRESSES).map(lambda a: _padded(a.encode()))),
    st.tuples(st.just(b"b"), st.binary(max_size=20).map(lambda b: struct.pack(">i", len(b)) + _padded(b))),
    st.tuples(st.just(b"b"), st.integers(-(2**31), 2**31 - 1).map(lambda v: struct.pack(">i", v))),
    st.tuples(st.sampled_from((b"T", b"F", b"N", b"I", b"[", b"]", b"q", b"\xff")), st.just(b"")),
    st.tuples(st.sampled_from((b"c", b"r", b"m")), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(b"t"), st.binary(min_size=8, max_size=8)),
)


def messages_of(addresses: Sequence[str]) -> SearchStrategy[bytes]:
    """Draw a message to one of `addresses`, or to something like it, with any arguments."""

    def message(address: bytes, arguments: list[tuple[bytes, bytes]]) -> bytes:
        tags, data = zip(*arguments, strict=True) if arguments else ((), ())
        return _padded(address) + _padded(b"," + b"".join(tags)) + b"".join(data)

    named = st.sampled_from(addresses).map(str.encode)
    return st.builds(message, st.one_of(named, named, st.binary(max_size=30)), st.lists(_ARGUMENTS, max_size=5))


def bundles_of(contents: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """Draw a message, or a bundle whose sizes are mostly right, of any time tag."""

    def bundle(time_tag: int, elements: list[tuple[bytes, int]]) -> bytes:
        inside = b"".join(struct.pack(">i", len(one) + wrong) + one for one, wrong in elements)
        return b"#bundle\0" + struct.pack(">Q", time_tag) + inside

    tags = st.one_of(st.sampled_from((0, 1, 2**64 - 1)), st.integers(0, 2**64 - 1))
    wrong = st.sampled_from((0,) * 9 + (-1, 4, -(2**20), 2**30))
    return st.recursive(
        contents, lambda inner: st.builds(bundle, tags, st.lists(st.tuples(inner, wrong), max_size=5)), max_leaves=8
    )


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    desk = Desk()
    store = LayoutStore(folder / "outputs.yaml", Layout((Output("wall"), Output("left"))))
    inputs = IsfInputs({"ripple": read_header(RIPPLE)})
    control = OscControl(desk, 0, outputs=store, others=(inputs,))
    backlog: Backlog[_Nobody] = Backlog()
    now = 0.0

    def read(packet: bytes) -> None:
        nonlocal now
        sender, before = _Nobody(), control.status().refused
        backlog.put(packet, sender)
        while backlog:
            control._read(*backlog.take())
        control._do_due()
        now += 0.02
        inputs.uniforms(now)
        desk.tick(now, Features())
        reason = control.status().last_refusal
        if control.status().refused > before and (not reason or len(reason) > 201 or "\n" in reason):
            raise BrokenPromiseError(f"a refusal that is no line: {reason[:300]!r}")
        if sender.answers > 3_000 or len(control._schedule) > 5_000:
            raise BrokenPromiseError(f"{sender.answers} answers, {len(control._schedule)} messages waiting")

    yield read
    control.close()


OSC: Final = Family(
    "osc",
    _seeds,
    lambda _seeds: bundles_of(messages_of(ADDRESSES)),
    _opened,
    words=(b"#bundle\0", b",f\0\0", b",s\0\0", b",TFNI[]", *(address.encode() for address in ADDRESSES[::7])),
    share=1730,
)
