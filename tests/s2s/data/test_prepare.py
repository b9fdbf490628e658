"""A folder of films through the whole of `prepare`: workers, shards, index, report; killed and started again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import wave
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from s2s.data import prepare as prepare_module
from s2s.data.corpus import FolderCorpus, Video
from s2s.data.film_clips import FilmJob
from s2s.data.journal import Journal
from s2s.data.outcome import PrepareFilm
from s2s.data.prepare import Progress, prepare
from s2s.data.prepared import PreparedData
from s2s.data.settings import PrepareSettings
from s2s.data.shards import ShardWriter
from s2s.media.video_reader import read_frames
from tests.s2s.data.films import Track, film, number_of, steady, tone, write
from tests.waiting import wait_until

pytestmark = pytest.mark.proc

ROOT = Path(__file__).resolve().parents[3]
SMALL = PrepareSettings(px=(32, 16), clip_s=1.0, hop_s=1.0, min_s=0.5, shares=(0.6, 0.2, 0.2))
OPTIONS = ["--px", "32,16", "--clip-s", "1", "--min-s", "0.5", "--split", "0.6,0.2,0.2"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight good films, two of them long, and three that are none."""
    folder: Path = tmp_path_factory.mktemp("films")
    for number in range(6):
        film(folder / f"film {number}.{('mp4', 'mkv', 'mov')[number % 3]}", 1.0 + number / 20)
    (folder / "days").mkdir()
    film(folder / "days" / "monday.mkv", 3.7, audio_codec="flac")
    options: dict[str, Any] = {"codec": "mjpeg", "pixel_format": "yuvj420p", "ticks_hz": 10}
    write(folder / "days" / "tuesday.avi", steady(25, 10), [Track(tone(2.5, 44_100), 44_100, "pcm_s16le")], **options)
    (folder / "cut off.mp4").write_bytes((folder / "film 0.mp4").read_bytes()[:3_000])
    (folder / "letter.mp4").write_text("Dear Sir or Madam")
    write(folder / "mute.mp4", steady(10, 10))
    return folder


def run(source: Path, out: Path, settings: PrepareSettings = SMALL, **options: Any) -> list[Progress]:
    return list(prepare(FolderCorpus(source), source, out, settings, **{"workers": 2, **options}))


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("prepared") / "out"
    assert run(source, out, workers=1)[-1] == Progress(11, 11, 13)
    return out


def results_of(out: Path) -> dict[str, bytes]:
    names = ["index.jsonl", "skipped.jsonl", "report.json", "about.json"]
    return {path.name: path.read_bytes() for path in [*map(out.joinpath, names), *(out / "shards").iterdir()]}


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def clips_by_id(out: Path) -> dict[str, list[tuple[str, bytes]]]:
    """Every clip's members, by the tar library of Python."""
    clips: dict[str, list[tuple[str, bytes]]] = {}
    for shard in sorted((out / "shards").iterdir()):
        with tarfile.open(shard, "r:") as tar:
            for member in tar:
                key, _, ending = member.name.partition(".")
                file = tar.extractfile(member)
                assert file is not None
                clips.setdefault(key, []).append((ending, file.read()))
    return clips


def test_any_tar_library_reads_the_shards(undisturbed: Path) -> None:
    clips = clips_by_id(undisturbed)
    assert len(clips) == 13
    for key, members in clips.items():
        content = dict(members)
        count = json.loads(content["json"])["num_frames"]
        frames = [f"f{px}.{number:03d}.jpg" for px in (32, 16) for number in range(count)]
        assert list(content) == ["json", "wav", *frames], key
        with wave.open(BytesIO(content["wav"])) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16_000, 1, 2)
            assert -(-sound.getnframes() // 1_600) == count


def test_webdataset_reads_the_shards(undisturbed: Path) -> None:
    pytest.importorskip("webdataset")
    # In a process of its own: the library leaves files open, which here is an error. It does without torch, whose
    # loading takes longer than all the rest.
    code = (
        "import json, sys; sys.modules['torch'] = None; import webdataset\n"
        "samples = webdataset.WebDataset(sys.argv[1:], shardshuffle=False).decode('rgb8')\n"
        "told = {s['__key__']: [s['json']['source'], s['f32.003.jpg'].tolist()] for s in samples}\n"
        "print(json.dumps(told))\n"
    )
    shards = sorted(map(str, (undisturbed / "shards").iterdir()))
    told = subprocess.run([sys.executable, "-c", code, *shards], check=True, capture_output=True, timeout=300).stdout
    samples = json.loads(told)
    assert set(samples) == set(clips_by_id(undisturbed))
    source, pixels = samples["monday_1000_2000"]
    assert source == "days/monday.mkv"
    assert np.shape(pixels) == (32, 32, 3)
    assert number_of(np.array(pixels, np.uint8)) == 13


def test_the_index_says_where_every_member_lies(undisturbed: Path) -> None:
    data = PreparedData.open(undisturbed)
    clips = clips_by_id(undisturbed)
    assert list(data.ids) == sorted(clips)
    for row in data.rows.values():
        content = dict(clips[row.id])
        shard = (undisturbed / "shards" / row.shard).read_bytes()
        assert shard[row.wav_at : row.wav_at + row.wav_bytes] == content["wav"]
        for px in (32, 16):
            for number in range(row.num_frames):
                at, length = row.frame_at(px, number)
                assert shard[at : at + length] == content[f"f{px}.{number:03d}.jpg"]


def test_clips_hold_what_the_films_show(source: Path, undisturbed: Path) -> None:
    data = PreparedData.open(undisturbed)
    for name in ("monday_0_1000", "monday_1000_2000", "monday_2000_3000", "monday_3000_3700"):
        first, end = (int(part) // 100 for part in name.split("_")[1:])
        assert [number_of(frame) for frame in data.frames(name, 32)] == list(range(first, end))
        assert len(data.sound(name)) == (end - first) * 1_600
    expected = read_frames(source / "film 1.mkv", 32)
    assert np.abs(data.frames("film-1", 32)[:10].astype(int) - expected[:10]).mean() < 3


def test_what_cannot_be_used_has_one_line_each(undisturbed: Path) -> None:
    skipped = {line["source"]: line["reason"] for line in lines_of(undisturbed / "skipped.jsonl")}
    assert set(skipped) == {"cut off.mp4", "letter.mp4", "mute.mp4"}
    assert skipped["mute.mp4"] == "holds no sound that can be decoded"
    report = json.loads((undisturbed / "report.json").read_text())
    assert (report["films"], report["used"], report["skipped"], report["clips"]) == (11, 8, 3, 13)
    assert report["frames"] == sum(row["num_frames"] for row in lines_of(undisturbed / "index.jsonl"))
    assert not (undisturbed / "work").exists()


def test_a_film_is_never_in_two_splits(undisturbed: Path) -> None:
    data = PreparedData.open(undisturbed)
    by_film: dict[str, set[str]] = {}
    for row in data.rows.values():
        by_film.setdefault(row.source, set()).add(row.split)
        assert row.shard.startswith(row.split)
    assert all(len(splits) == 1 for splits in by_film.values())
    assert len(set().union(*by_film.values())) > 1


def test_how_many_workers_there_are_changes_no_byte(source: Path, undisturbed: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "out", workers=3)
    assert results_of(tmp_path / "out") == results_of(undisturbed)


def test_small_shards_hold_whole_clips(source: Path, undisturbed: Path, tmp_path: Path, monkeypatch: Any) -> None:
    def small(folder: Path, rank: int, count: int, _: int, held: dict[str, int]) -> ShardWriter:
        return ShardWriter(folder, rank, count, 100_000, held)

    monkeypatch.setattr(prepare_module, "ShardWriter", small)
    run(source, tmp_path / "out")
    assert len(list((tmp_path / "out" / "shards").iterdir())) > len(list((undisturbed / "shards").iterdir()))
    assert clips_by_id(tmp_path / "out") == clips_by_id(undisturbed)
    assert len(PreparedData.open(tmp_path / "out").sound("monday_0_1000")) == 16_000


def test_killed_and_started_again_it_repeats_nothing_and_makes_the_same_bytes(
    source: Path, undisturbed: Path, tmp_path: Path
) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    shutil.copytree(source, films)
    command = [sys.executable, "-m", "s2s", "prepare", str(films), str(out), "--workers", "1", *OPTIONS]
    kills = 0
    while not (out / "index.jsonl").exists():
        before = done_ids(out)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert wait_until(
                lambda: len(done_ids(out)) >= len(before) + 3 or process.poll() is not None,  # noqa: B023
                within_s=60,
            )
        finally:
            if process.poll() is None:
                kills += 1
            process.send_signal(signal.SIGKILL)
            process.wait()
        # What is done is done: were it decoded again, it would now be a film that cannot be read.
        for name in done_ids(out):
            next(iter(films.rglob(f"{name.replace('-', '[ -]')}.*"))).write_text("gone")
        assert kills < 10
    assert kills >= 2
    told = json.loads((out / "about.json").read_text())
    assert told.pop("source") == str(films)
    one, other = results_of(out), results_of(undisturbed)
    del one["about.json"], other["about.json"]
    assert one == other
    noted = [line["id"] for line in lines_of(out / "journal" / "rank-000.jsonl")]
    assert len(noted) == len(set(noted)) == 11


def done_ids(out: Path) -> set[str]:
    """The films of which the result is kept: noted in the journal, or waiting for their turn."""
    journal = out / "journal" / "rank-000.jsonl"
    noted = journal.read_text().splitlines(keepends=True) if journal.exists() else []
    waiting = [path.stem for path in (out / "work").glob("*.json")] if (out / "work").exists() else []
    return {json.loads(line)["id"] for line in noted if line.endswith("\n")} | set(waiting)


def test_two_ranks_share_the_films_and_the_first_writes_the_index(
    source: Path, undisturbed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "s2s", "prepare", str(source), str(out), "--workers", "1", *OPTIONS]
    started = []
    for rank in (0, 1):
        ranks = {"RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
        started.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ranks}, stderr=subprocess.DEVNULL))
        if rank == 0:  # which may be done long before the other begins
            assert wait_until((out / "journal" / "rank-000.done").exists, within_s=60)
            assert not (out / "index.jsonl").exists()
    assert [process.wait(60) for process in started] == [0, 0]
    assert clips_by_id(out) == clips_by_id(undisturbed)
    assert (out / "skipped.jsonl").read_bytes() == (undisturbed / "skipped.jsonl").read_bytes()
    shards = {row.shard for row in PreparedData.open(out).rows.values()}
    assert {name.split("-")[1] for name in shards} == {"r00", "r01"}


def test_a_run_of_two_ranks_can_be_finished_by_one(source: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ranks = {"RANK": "1", "WORLD_SIZE": "2"}
    command = [sys.executable, "-m", "s2s", "prepare", str(source), str(out), "--workers", "1", *OPTIONS]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **ranks}, check=True, timeout=300, capture_output=True)
    done = len(done_ids_of_all(out))
    assert 0 < done < 11
    steps = run(source, out)
    assert (len(steps), steps[-1].films) == (11 - done, 11)
    assert clips_by_id(out) == clips_by_id(undisturbed)


def done_ids_of_all(out: Path) -> list[str]:
    return [line["id"] for path in (out / "journal").glob("*.jsonl") for line in lines_of(path)]


def test_films_that_are_added_join_and_nothing_moves(source: Path, undisturbed: Path, tmp_path: Path) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    shutil.copytree(source, films)
    late = films / "film 0.mp4"
    kept = late.read_bytes()
    late.unlink()
    run(films, out)
    before = PreparedData.open(out)
    assert run(films, out) == []
    late.write_bytes(kept)
    assert [step.clips for step in run(films, out)] == [1]
    after = PreparedData.open(out)
    assert set(after.ids) - set(before.ids) == {"film-0"}
    assert all(after.rows[name] == row for name, row in before.rows.items())
    assert clips_by_id(out) == clips_by_id(undisturbed)


def test_films_that_were_skipped_are_tried_again_when_asked(source: Path, tmp_path: Path) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    films.mkdir()
    (films / "film 0.mp4").write_text("still being copied")
    shutil.copy(source / "film 1.mkv", films)
    run(films, out)
    shutil.copy(source / "film 0.mp4", films)
    assert run(films, out) == []
    assert [step.clips for step in run(films, out, retry_skipped=True)] == [1]
    assert list(PreparedData.open(out).ids) == ["film-0", "film-1"]
    assert (out / "skipped.jsonl").read_text() == ""


class Stubborn(PrepareFilm):
    """Dies of one film, and cannot write another."""

    def __call__(self, job: FilmJob, beat: Callable[[], None]) -> int:
        match job.video.id:
            case "film-2":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "film-3" if (self.fragments.folder / "disk is full").exists():
                raise OSError(28, "No space left on device")
        return super().__call__(job, beat)


def test_a_film_that_kills_its_decoder_costs_its_line(
    source: Path, undisturbed: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(prepare_module, "PrepareFilm", Stubborn)
    steps = run(source, tmp_path / "out")
    assert [step.lost for step in steps if step.lost is not None] == ["its decoder died (SIGSEGV)"]
    skipped = {line["id"]: line["reason"] for line in lines_of(tmp_path / "out" / "skipped.jsonl")}
    assert skipped["film-2"] == "its decoder died (SIGSEGV)"
    clips = clips_by_id(undisturbed)
    del clips["film-2"]
    assert clips_by_id(tmp_path / "out") == clips


def test_a_full_disk_stops_the_run_and_skips_no_film(source: Path, tmp_path: Path, monkeypatch: Any) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    films.mkdir()
    for number in (0, 3):
        shutil.copy(next(source.glob(f"film {number}.*")), films)
    (out / "work").mkdir(parents=True)
    full = out / "work" / "disk is full"
    full.touch()
    monkeypatch.setattr(prepare_module, "PrepareFilm", Stubborn)
    with pytest.raises(OSError, match="No space left on device"):
        run(films, out)
    full.unlink()
    run(films, out)
    assert (out / "skipped.jsonl").read_text() == ""
    assert list(PreparedData.open(out).ids) == ["film-0", "film-3"]


def test_mutilated_films_never_stop_the_run(source: Path, tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    rng = np.random.default_rng(0)
    for number in range(24):
        data = bytearray(next(source.glob(f"film {number % 6}.*")).read_bytes())
        for at in rng.integers(0, len(data), rng.choice([1, 10, 100])):
            data[at] = rng.integers(256)
        (films / f"{number}.mp4").write_bytes(data)
    run(films, tmp_path / "out", patience_s=20.0)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["films"] == 24
    assert report["used"] + len(lines_of(tmp_path / "out" / "skipped.jsonl")) == 24
    kept = PreparedData.open(tmp_path / "out")
    assert all(len(kept.frames(name, 16)) == kept.num_frames(name) > 0 for name in kept.ids)


def test_a_folder_prepared_otherwise_is_refused(source: Path, undisturbed: Path, tmp_path: Path) -> None:
    for settings, told in (
        (replace(SMALL, hop_s=0.5), "prepared with hop-s 1.0, asked for is 0.5"),
        (replace(SMALL, px=(32,)), r"prepared with px \[32, 16\], asked for is \[32\]"),
    ):
        with pytest.raises(ValueError, match=told):
            run(source, undisturbed, settings)
    film(tmp_path / "film 0.mp4")
    with pytest.raises(ValueError, match="prepared with source"):
        run(tmp_path, undisturbed)


def test_two_runs_at_once_are_refused(source: Path, tmp_path: Path) -> None:
    with (
        Journal(tmp_path / "out" / "journal", 0),
        pytest.raises(ValueError, match="is being written by another `prepare`"),
    ):
        run(source, tmp_path / "out")
    with (
        Journal(tmp_path / "out" / "journal", 1),
        pytest.raises(ValueError, match="is being written by rank 1 of another run"),
    ):
        run(source, tmp_path / "out")


class Twins:
    """A corpus that is wrong."""

    def videos(self) -> list[Video]:
        return [Video(Path("a.mp4"), "same"), Video(Path("b.mp4"), "same")]


def test_a_list_that_is_wrong_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"b.mp4: another film has the id same"):
        list(prepare(Twins(), tmp_path, tmp_path / "out", SMALL, workers=1))
    assert not (tmp_path / "out").exists()
