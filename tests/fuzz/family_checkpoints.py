"""Published checkpoints, as `s2s import` reads them: pickles of strangers, of which nothing may ever run."""

import io
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from torch import Tensor

from s2s.published.checkpoint import CheckpointError, read_tensors
from s2s.published.files import published_files
from s2s.published.networks import recognise
from tests.fuzz.family import BrokenPromiseError, Family, Reader, wrong_message
from tests.published_files import audio_encoder_file, generator_state, record, swav_file

_DEEDS: Final = frozenset(
    {
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "subprocess.Popen",
        "socket.connect",
        "os.remove",
        "os.rename",
    }
    | {"os.mkdir", "os.chmod", "shutil.rmtree", "ctypes.dlopen", "pickle.find_class", "code.__new__"}
)
"""What a file that is read would do if anything in it ran; Python itself tells of each."""
_TRAPS: Final = (
    *(b"cposix\nsystem\n(S'true'\ntR.", b"cos\nsystem\n(S'true'\ntR.", b"cbuiltins\neval\n(S'1'\ntR."),
    *(b"cbuiltins\nexec\n(S'import os'\ntR.", b"csubprocess\nPopen\n(S'true'\ntR.", b"ctorch\nload\n(S'x'\ntR."),
    *(b"ctorch._utils\n_rebuild_tensor_v2\n", b"cbuiltins\ngetattr\n", b"ctorch.hub\nload\n", b"cnumpy\ndtype\n"),
)
_WORDS: Final = (
    *_TRAPS,
    *(b"\x80\x02", b"\x80\x04\x95", b"Q.", b"R.", b"b.", b"\x81.", b"ccollections\nOrderedDict\n)R", b"data.pkl"),
    *(b"cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.", b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", b"ustar  \0"),
)


class _Watch:
    """Hears from Python what this thread does while a file is read."""

    def __init__(self) -> None:
        self.thread: int | None = None
        self.done: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in _DEEDS and threading.get_ident() == self.thread:
            self.done.append(event)


@cache
def _watch() -> _Watch:
    return _Watch()  # one for the process: what hears once hears for ever


@contextmanager
def _opened(folder: Path) -> Iterator[Reader]:
    path, watch = folder / "state_dict_best0.pth", _watch()
    for name in ("best0", "best1"):
        (folder / f"G_ema_{name}.pth").write_bytes(b"never read")

    def read(content: bytes) -> None:
        path.write_bytes(content)
        watch.done.clear()
        watch.thread = threading.get_ident()
        try:
            tensors = _refused_or(lambda: read_tensors(path))
            values = _refused_or(lambda: published_files([folder]))  # which reads the record by `read_values`
            if not isinstance(tensors, CheckpointError):
                _refused_or(lambda: recognise(path, tensors))
                _look_at(tensors)
        finally:
            watch.thread = None
        if watch.done:
            raise BrokenPromiseError(f"a file has done {', '.join(sorted(set(watch.done)))}")
        if isinstance(tensors, CheckpointError) and isinstance(values, CheckpointError):
            raise tensors

    yield read


def _refused_or(work: Callable[[], Any]) -> Any:
    """Return what `work` does, or its refusal, which has to be one line."""
    try:
        return work()
    except CheckpointError as error:
        if wrong := wrong_message(str(error)):
            raise BrokenPromiseError(f"{wrong}: {str(error)[:300]!r}") from error
        return error


def _look_at(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        tensor.detach().to(torch.complex64).sum()  # every byte is there
        if not isinstance(name, str):
            raise BrokenPromiseError(f"a key that is {type(name).__name__}")


def _saved(content: object, *, is_zip: bool) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=is_zip)
    return buffer.getvalue()


def _seeds(_folder: Path) -> list[bytes]:
    weights = {"module.weight": torch.arange(6.0).reshape(2, 3), "module.count": torch.tensor(7)}
    kinds = {f"x{number}": torch.ones(2, dtype=kind) for number, kind in enumerate(_KINDS)}
    records = [_saved(record(fid), is_zip=True) for fid in (11.7, np.float64(11.7), np.float32(11.7))]
    return [*records, *(_saved(one, is_zip=is_zip) for one in (weights, kinds) for is_zip in (True, False))]


_FEW: Final = 8
_KINDS: Final = (torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.bool, torch.complex64)


class _Trap:
    """A pickle of it runs a command where it is read as pickles once were."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


@cache
def _published() -> tuple[dict[str, Tensor], ...]:
    """Return what the published files hold, tiny."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        files = [audio_encoder_file(Path(name) / "a.pth"), swav_file(Path(name) / "v.pth")]
        states = [dict(torch.load(file, weights_only=True)) for file in files]
    return (*states, generator_state())


@st.composite
def _networks(draw: DrawFn) -> bytes:
    """Draw a published network of which some weights are not as they should be."""
    state: dict[Any, Any] = dict(draw(st.sampled_from(_published())))
    if draw(st.sampled_from((True, True, True, False))):  # a whole one takes long, and most of it is alike
        state = dict(list(state.items())[-_FEW:])
    for key in draw(st.lists(st.sampled_from(list(state)), max_size=3, unique=True)):
        value: Tensor = state[key]
        match draw(st.sampled_from(("lose", "name", "shape", "kind", "nan", "swell", "other"))):
            case "lose":
                del state[key]
            case "name":
                state[draw(st.sampled_from(("module.", "x\n", "\ud800", "a" * 3_000))) + str(key)] = state.pop(key)
            case "shape":
                state[key] = value.reshape(-1)[: draw(st.integers(0, 2))]
            case "kind":
                state[key] = value.to(draw(st.sampled_from(_KINDS)))
            case "nan":
                state[key] = torch.full(value.shape, float(draw(st.sampled_from(("nan", "inf", "-1e38")))))
            case "swell":
                state[key] = torch.zeros(1).expand(*draw(st.sampled_from(((2**20, 2**20), (2**40,), (1,) * 60))))
            case _:
                state[key] = draw(st.sampled_from((None, 3, [1], "x" * 500, _Trap(), torch.ones(2).to_sparse())))
    return _saved(state, is_zip=draw(st.booleans()))


def _cases(_seeds: Sequence[bytes]) -> SearchStrategy[bytes]:
    pickles = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.binary(max_size=9), st.just(_Trap())),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=8,
    )
    plain = st.builds(pickle.dumps, pickles, st.sampled_from((0, 2, 4)))
    saved = st.builds(lambda content, is_zip: _saved(content, is_zip=is_zip), pickles, st.booleans())
    return st.one_of(_networks(), saved, plain)


CHECKPOINTS: Final = Family(
    "checkpoints", _seeds, _cases, _opened, refusals=(CheckpointError,), words=_WORDS, share=100, growth_mib=128.0
)
