"""Files from the world outside are read, or refused in one line; nothing in them is ever run."""

import os
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from s2s.published.checkpoint import CheckpointError, read_tensors, read_values
from tests.published_files import record

WEIGHTS = {"module.weight": torch.arange(6.0).reshape(2, 3), "module.count": torch.tensor(7)}


class RunsACommand:
    """What an attacker would save: a pickle that runs a command as it is read."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.marker}",)


def refusal(path: Path) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        read_tensors(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value) and len(caught.value.message) < 200
    return caught.value


def save_zip(content: object, path: Path) -> None:
    torch.save(content, path)


def save_legacy(content: object, path: Path) -> None:
    torch.save(content, path, _use_new_zipfile_serialization=False)


@pytest.mark.parametrize("save", [save_zip, save_legacy])
def test_both_formats_of_pytorch_are_read(tmp_path: Path, save: Any) -> None:
    save(WEIGHTS, tmp_path / "any name")
    read = read_tensors(tmp_path / "any name")
    assert read.keys() == WEIGHTS.keys()
    assert all(torch.equal(read[key], value) for key, value in WEIGHTS.items())


def test_parameters_come_back_as_plain_tensors(tmp_path: Path) -> None:
    torch.save({"weight": nn.Parameter(torch.ones(2))}, tmp_path / "file.pth")
    assert type(read_tensors(tmp_path / "file.pth")["weight"]) is Tensor


@pytest.mark.parametrize(
    "save",
    [
        save_zip,
        save_legacy,
        lambda content, path: path.write_bytes(pickle.dumps(content, protocol=2)),
        lambda content, path: path.write_bytes(pickle.dumps(content, protocol=4)),
    ],
    ids=["zip", "legacy", "bare pickle", "newer pickle"],
)
@pytest.mark.parametrize("read", [read_tensors, read_values])
def test_a_file_that_would_run_a_command_is_refused_and_runs_nothing(tmp_path: Path, save: Any, read: Any) -> None:
    marker = tmp_path / "was_run"
    save({**WEIGHTS, "evil": RunsACommand(marker)}, tmp_path / "file.pth")
    with pytest.raises(CheckpointError) as caught:
        read(tmp_path / "file.pth")
    assert not marker.exists()
    assert "\n" not in str(caught.value)


def test_the_trap_of_these_tests_does_snap(tmp_path: Path) -> None:
    """Read as pickles once were, the same file does run its command: the tests above can fail."""
    marker = tmp_path / "was_run"
    torch.save({"evil": RunsACommand(marker)}, tmp_path / "file.pth")
    torch.load(tmp_path / "file.pth", weights_only=False)
    assert marker.exists()


def test_what_was_refused_is_named(tmp_path: Path) -> None:
    torch.save({"evil": RunsACommand(tmp_path)}, tmp_path / "file.pth")
    assert "wants to build posix.system" in refusal(tmp_path / "file.pth").message
    torch.save({"whole": nn.Linear(2, 2)}, tmp_path / "file.pth")
    assert "wants to build torch.nn.modules.linear.Linear" in refusal(tmp_path / "file.pth").message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1, 2], "got list"),
        ({}, "got dict"),
        ({"epoch": 3, "state": {}}, "expected a tensor, got int"),
        ({"weight": torch.zeros(1).expand(1000, 1000)}, "more than the file holds"),
        ({"weight": torch.ones(2, 2).to_sparse()}, "expected a plain tensor"),
        ({"weight": torch.ones(2, device="meta")}, "expected a plain tensor"),
    ],
)
def test_what_is_no_dictionary_of_weights_is_refused(tmp_path: Path, content: object, words: str) -> None:
    torch.save(content, tmp_path / "file.pth")
    assert words in refusal(tmp_path / "file.pth").message


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and no more", bytes(1000)])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.pth").write_bytes(content)
    assert "damaged or no checkpoint" in refusal(tmp_path / "file.pth").message


def test_an_archive_is_to_be_unpacked_first(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "icgan.tar.gz", "w:gz") as packed:
        packed.add(__file__, "icgan/G_ema_best0.pth")
    assert "unpack it" in refusal(tmp_path / "icgan.tar.gz").message
    with zipfile.ZipFile(tmp_path / "icgan.zip", "w") as zipped:
        zipped.write(__file__, "icgan/G_ema_best0.pth")
    assert "unpack it" in refusal(tmp_path / "icgan.zip").message


class MakesAsMuchAsItSays:
    """A pickle of a few bytes that asks for as much memory as a number in it says."""

    def __reduce__(self) -> tuple[Any, ...]:
        return bytearray, (2**36,)


@pytest.mark.parametrize("save", [save_zip, save_legacy])
def test_a_few_bytes_that_ask_for_much_memory_are_refused_by_name(tmp_path: Path, save: Any) -> None:
    save({**WEIGHTS, "swells": MakesAsMuchAsItSays()}, tmp_path / "file.pth")
    assert "wants to build __builtin__.bytearray" in refusal(tmp_path / "file.pth").message


def test_a_checkpoint_that_was_packed_once_more_is_refused(tmp_path: Path) -> None:
    """A megabyte of it would become a gigabyte."""
    save_zip(WEIGHTS, tmp_path / "file.pth")
    with zipfile.ZipFile(tmp_path / "file.pth") as whole, zipfile.ZipFile(tmp_path / "packed.pth", "w") as packed:
        for entry in whole.infolist():
            packed.writestr(entry.filename, whole.read(entry), zipfile.ZIP_DEFLATED)
    assert "compressed" in refusal(tmp_path / "packed.pth").message


def test_a_checkpoint_with_two_beginnings_is_refused(tmp_path: Path) -> None:
    save_zip(WEIGHTS, tmp_path / "file.pth")
    with zipfile.ZipFile(tmp_path / "file.pth", "a") as whole:
        whole.writestr("file/DATA.PKL", pickle.dumps(RunsACommand(tmp_path / "x"), protocol=2))
    assert "2 times a data.pkl" in refusal(tmp_path / "file.pth").message


def test_a_key_that_a_terminal_would_obey_is_shown_as_a_line(tmp_path: Path) -> None:
    torch.save({"\x1b[2J\nall is well" + "x" * 500: 3}, tmp_path / "file.pth")
    assert str(refusal(tmp_path / "file.pth")).isprintable() and len(str(refusal(tmp_path / "file.pth"))) < 500


def test_a_key_that_takes_for_ever_to_be_looked_up_is_refused_at_once(tmp_path: Path) -> None:
    """A pair of the same pair, of the same pair, ninety times: twice as long for each, and no Ctrl-C ends it."""
    pair = b"K\x01K\x01\x86q\x00" + b"".join(bytes([0x68, n, 0x86, 0x71, n + 1]) for n in range(90))
    (tmp_path / "file.pth").write_bytes(b"\x80\x02}" + pair + b"K\x01s." + b"\x80\x02N." * 4)
    assert "repeats itself without end" in refusal(tmp_path / "file.pth").message


def test_letters_that_are_encoded_again_and_again_are_refused(tmp_path: Path) -> None:
    """Each time they become twice as many: thirty times, and a few bytes are gigabytes."""
    again = b"c_codecs\nencode\n" * 31 + b"X\1\0\0\0a" + b"X\6\0\0\0latin1\x86R" + b"X\3\0\0\0HEX\x86R" * 30
    (tmp_path / "file.pth").write_bytes(b"\x80\x02" + again + b"." + b"\x80\x02N." * 4)
    assert "encoded by HEX" in refusal(tmp_path / "file.pth").message


def test_letters_that_python_warns_of_are_no_line_on_the_console(tmp_path: Path) -> None:
    (tmp_path / "file.pth").write_bytes(b"\x80\x02S'\\u'\n.")
    assert "damaged" in refusal(tmp_path / "file.pth").message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere.pth").message == "no such file"


@pytest.mark.parametrize("save", [save_zip, save_legacy])
def test_damage_anywhere_is_refused_or_survived_but_never_a_crash(tmp_path: Path, save: Any) -> None:
    path = tmp_path / "file.pth"
    save(WEIGHTS, path)
    whole = path.read_bytes()
    for kept in range(0, len(whole), 23):
        path.write_bytes(whole[:kept])
        refusal(path)
    draws = np.random.default_rng(0)
    for _ in range(150):
        broken = bytearray(whole)
        broken[int(draws.integers(len(whole)))] = int(draws.integers(256))
        path.write_bytes(bytes(broken))
        try:
            read_tensors(path)
        except CheckpointError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("fid", [11.7, np.float64(11.7), np.float32(11.7)])
def test_the_record_of_a_training_run_is_read(tmp_path: Path, fid: Any) -> None:
    torch.save(record(fid), tmp_path / "state_dict_best0.pth")
    values = read_values(tmp_path / "state_dict_best0.pth")
    assert values["best_FID"] == pytest.approx(11.7, rel=1e-6)
    assert values["epoch"] == 7
    assert not isinstance(values["config"]["G_activation"], nn.Module)  # told apart, not built


@pytest.mark.parametrize("address", [b"numpy.core.multiarray", b"numpy._core.multiarray"])
def test_numpys_numbers_are_read_under_their_old_and_new_address(tmp_path: Path, address: bytes) -> None:
    path = tmp_path / "state_dict_best0.pth"
    save_legacy({"best_FID": np.float64(11.7)}, path)
    path.write_bytes(path.read_bytes().replace(b"cnumpy._core.multiarray\n", b"c" + address + b"\n"))
    assert read_values(path)["best_FID"] == 11.7


def test_no_other_class_is_built_for_a_record(tmp_path: Path) -> None:
    torch.save({"best_FID": 3.0, "config": {"path": Path("here")}}, tmp_path / "state_dict_best0.pth")
    with pytest.raises(CheckpointError, match=r"wants to build pathlib\."):
        read_values(tmp_path / "state_dict_best0.pth")


def test_what_a_record_may_hold_is_not_allowed_in_weights(tmp_path: Path) -> None:
    path = tmp_path / "file.pth"
    torch.save({"weight": torch.ones(1), "best_FID": np.float64(3.0)}, path)
    read_values(path)
    assert "wants to build numpy" in refusal(path).message
