import threading

from installation.presets.watch import EVERY_S, PresetWatch
from tests.waiting import wait_until


def test_a_preset_that_was_saved_meanwhile_is_found_and_a_folder_that_is_away_is_remembered() -> None:
    there = ["gallery"]

    def read() -> list[str]:
        if not there:
            raise OSError("the stick was pulled")
        return list(there)

    presets = PresetWatch(read)
    presets.poll(0.0)
    there.insert(0, "evening")
    presets.poll(EVERY_S / 2)
    assert list(presets.names) == ["gallery"]
    presets.poll(EVERY_S)
    assert wait_until(lambda: list(presets.names) == ["evening", "gallery"])
    there.clear()
    presets.poll(3 * EVERY_S)
    assert list(presets.names) == ["evening", "gallery"]


def test_a_disk_that_hangs_holds_one_reader_and_never_the_show() -> None:
    let_go, readers = threading.Event(), list[int]()

    def read() -> list[str]:
        readers.append(1)
        if len(readers) > 1:
            let_go.wait(60.0)
        return ["gallery"]

    presets = PresetWatch(read)
    for turn in range(10):
        presets.poll(turn * 10.0)
    assert list(presets.names) == ["gallery"] and len(readers) <= 2
    let_go.set()
