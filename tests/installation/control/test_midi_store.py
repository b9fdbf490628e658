"""What a controller was taught is kept by its name, and read as what somebody may have written by hand."""

from pathlib import Path

import pytest

from installation.control.midi.map import read_entry
from installation.control.midi.store import SHIPPED, DeviceMap, MapStore, read_map, shipped_map

GAIN = read_entry("test", {"cc": 21, "channel": 1, "to": "/audio/gain"})
BLEND = read_entry("test", {"cc": 21, "to": "/latent/blend"})
OTHER = read_entry("test", {"cc": 22, "channel": 1, "to": "/audio/gain"})


@pytest.fixture
def store(tmp_path: Path) -> MapStore:
    return MapStore(tmp_path / "midi")


def write(store: MapStore, text: str) -> Path:
    path = store.path("Desk knobs")
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_again_and_nothing_is_written_before(store: MapStore) -> None:
    assert store.read("Desk knobs") == DeviceMap("Desk knobs")
    assert not store.folder.exists()
    learnt = DeviceMap("Desk knobs").learnt(GAIN).learnt(OTHER)
    store.write(learnt)
    assert store.read("Desk knobs") == learnt
    assert "{cc: 21, to: /audio/gain, channel: 1}" in store.path("Desk knobs").read_text(encoding="utf-8")


def test_several_controls_move_one_address_and_a_control_that_is_taught_anew_is_replaced() -> None:
    both = DeviceMap().learnt(GAIN).learnt(OTHER)
    assert both.bindings == (GAIN, OTHER)
    assert both.learnt(BLEND).bindings == (OTHER, BLEND)


def test_a_control_is_forgotten_by_its_words_and_all_of_an_address_by_that() -> None:
    both = DeviceMap().learnt(GAIN).learnt(OTHER)
    assert both.forgotten("cc 21, channel 1").bindings == (OTHER,)
    assert both.forgotten("/audio/gain").bindings == ()
    assert both.forgotten("cc 99").bindings == both.bindings


def test_what_a_hand_wrote_for_the_whole_map_stays_when_more_is_taught(store: MapStore) -> None:
    write(store, "device: Desk knobs\ntakeover: pickup\nfeedback: false\nmap: [{cc: 1, to: /latent/blend}]\n")
    read = store.read("Desk knobs")
    store.write(read)
    assert store.read("Desk knobs") == read
    assert read.document()["map"] == [{"cc": 1, "to": "/latent/blend"}]


def test_an_entry_that_cannot_be_used_is_said_and_stays_in_the_file(store: MapStore) -> None:
    write(store, "map: [{cc: 1, to: /latent/blend}, {cc: 2, to: /latent/gone}, {cc: 3}]\n")
    read = store.read("Desk knobs")
    assert len(read.bindings) == 1
    assert read.problem.startswith("Desk knobs.yaml: map[1]: there is no parameter '/latent/gone'")
    store.write(read.learnt(GAIN))
    assert store.read("Desk knobs").unusable == ({"cc": 2, "to": "/latent/gone"}, {"cc": 3})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("map: [", "cannot be read as YAML"),
        ("- 1", "a map is a YAML mapping"),
        ("mapp: []", "unknown key 'mapp', did you mean 'map'?"),
        ("takeover: push", "takeover takes jump | pickup | scale, got 'push'"),
        ("takeover: [jump]", "takeover takes jump | pickup | scale"),
        ("feedback: 1", "feedback takes true or false, got 1"),
        ("map: {cc: 1}", "map takes a list"),
        ("map: [" + "{}, " * 1_001 + "]", "map takes a list of at most 1000 entries"),
        ("map: !!python/object/apply:os.system [true]", "cannot be read as YAML"),
        ("a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nmap: [" + "*b, " * 1_000 + "]", "more than 12000 values"),
        ("x: " + "[" * 50 + "]" * 50, "levels deep"),
        ("device: " + "x" * 200_000, "bytes"),
    ],
)
def test_a_file_that_is_no_map_is_one_line_and_is_laid_aside_when_more_is_taught(
    store: MapStore, text: str, words: str
) -> None:
    path = write(store, text)
    read = store.read("Desk knobs")
    assert read.bindings == () and words in read.problem and "\n" not in read.problem
    store.write(read.learnt(GAIN))
    assert path.with_suffix(".refused").read_text(encoding="utf-8") == text
    assert store.read("Desk knobs").bindings == (GAIN,)


def test_a_folder_that_cannot_be_written_is_an_error_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "midi").write_text("a file")
    with pytest.raises(OSError):
        MapStore(tmp_path / "midi").write(DeviceMap("Desk").learnt(GAIN))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_map_is_whole_and_says_where_its_numbers_come_from(path: Path) -> None:
    shipped = read_map(path)
    assert shipped.problem == "" and shipped.device and len(shipped.bindings) >= 8
    assert "Source:" in path.read_text(encoding="utf-8")


def test_a_shipped_map_is_found_by_the_name_of_its_device() -> None:
    assert shipped_map("LPD8 MIDI 1").device == "LPD8"
    assert shipped_map("Akai LPD8 MK2").device == "LPD8 mk2"
    assert shipped_map("Desk knobs") == DeviceMap()
