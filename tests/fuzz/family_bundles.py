"""Model bundles: a card and weights that somebody else put together, with the frames of a place."""

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from s2s.bundle import load
from s2s.card import AUDIO_ENCODER, CARD, GENERATOR, BundleError, read_card
from tests.fakes import tiny_card, write_tiny_bundle
from tests.fuzz.documents import HOSTILE, edited, yaml_of
from tests.fuzz.family import Family

_CARD: Final[dict[str, Any]] = tiny_card().model_dump(mode="json", exclude_none=True)
_KEYS: Final = (
    "name",
    "spectrogram",
    "audio_encoder",
    "generator",
    "image_encoder",
    "memory",
    "source_heads",
    "width",
    "architecture",
)
_VALUES: Final = ("memory", "biggan", "light", "resnet50", [8] * 16, 10**9, 2_048, {"frames": 3, "embedding_dim": 32})
_MARK: Final = b"WEIGHTS\0"
"""What tells a case that is a file of weights from one that is a card."""


def weights(header: object, data: bytes, claimed: int = 0) -> bytes:
    """Return a safetensors file whose header says what it is told to; `claimed` is added to the header's length."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", (len(text) + claimed) % 2**64) + text + data


def _header(content: bytes) -> tuple[dict[str, Any], bytes]:
    (size,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + size]), content[8 + size :]


def _seeds(folder: Path) -> list[bytes]:
    bundle = write_tiny_bundle(folder / "seed")
    return [(bundle / CARD).read_bytes(), _MARK + (bundle / AUDIO_ENCODER).read_bytes()]


def _cases(seeds: Sequence[bytes]) -> SearchStrategy[bytes]:
    header, data = _header(seeds[1].removeprefix(_MARK))
    few = {key: header[key] for key in list(header)[:3]}
    headers = edited(
        [header, few], ("__metadata__", "x"), ("F64", "BF16", [2**40], [0], [0, 2**63], [-1], {"format": 1})
    )
    files = st.builds(
        lambda head, claimed, cut: _MARK + weights(head, data[:cut], claimed),
        headers,
        st.sampled_from((0, 0, 0, 0, 1, -1, 2**31, 2**62, -(2**31))),
        st.sampled_from((len(data), len(data), 0, 1, 100)),
    )
    return st.one_of(yaml_of([_CARD], _KEYS, (*_VALUES, *HOSTILE)), files)


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    bundle = write_tiny_bundle(folder / "bundle")
    good = {name: (bundle / name).read_bytes() for name in (CARD, AUDIO_ENCODER, GENERATOR)}

    def read(case: bytes) -> None:
        name = AUDIO_ENCODER if case.startswith(_MARK) else CARD
        (bundle / name).write_bytes(case.removeprefix(_MARK))
        try:
            read_card(bundle)
            load(bundle)
        finally:
            (bundle / name).write_bytes(good[name])

    yield read


BUNDLES: Final = Family(
    "bundles",
    _seeds,
    _cases,
    _opened,
    refusals=(BundleError,),
    words=(b'"dtype":"F16"', b'"shape":[', b'"data_offsets":[', b"width: "),
    share=20,
)
