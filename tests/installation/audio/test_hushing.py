"""What ALSA and JACK print while PortAudio starts goes to the log, wherever files may be written."""

import logging
import os
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("pyaudio")

from installation.audio import microphone


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_microphone_needs_no_folder_to_write_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, in_memory: bool
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    if not in_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    with caplog.at_level(logging.DEBUG), microphone._kept_stderr():
        os.write(2, b"ALSA lib: no such device\n")
    assert ("PortAudio: ALSA lib: no such device" in caplog.text) == in_memory
