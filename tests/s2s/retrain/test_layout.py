"""OUT: apart from the recordings, begun with one thing, forgetting what it should and nothing else."""

from pathlib import Path

import pytest

from s2s.retrain.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "out")


def write(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("there")


def test_recordings_and_out_must_be_apart(tmp_path: Path, layout: Layout) -> None:
    folder = tmp_path / "venue"
    folder.mkdir()
    layout.check_apart(folder)
    for inside in (tmp_path, layout.out, layout.data, layout.data / "deep"):
        with pytest.raises(ValueError, match="must be apart"):
            layout.check_apart(inside)
    layout.out.mkdir()
    layout.cache.symlink_to(folder)
    with pytest.raises(ValueError, match="must be apart"):
        layout.check_apart(folder)


def test_one_out_holds_one_retraining(layout: Layout) -> None:
    layout.claim({"folder": "/evening", "seed": 0})
    layout.claim({"folder": "/evening", "seed": 0})
    with pytest.raises(ValueError, match="holds a retraining with seed 0, asked for is 1: choose another OUT"):
        layout.claim({"folder": "/evening", "seed": 1})
    layout.clear()
    layout.claim({"folder": "/another", "seed": 1})


def test_beginning_anew_keeps_the_models(layout: Layout) -> None:
    kept = (layout.model / "model.yaml", layout.previous / "model.yaml", layout.out / "history.jsonl")
    gone = (layout.data / "index.jsonl", layout.candidate / "model.yaml", layout.report, layout.moments)
    write(*kept, *gone)
    layout.clear()
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)


def test_clips_are_forgotten_before_what_is_computed_of_them(layout: Layout) -> None:
    broken = layout.audio_encoder / "broken.pt", layout.generator / "broken.rank-1.pt"
    sheet = layout.generator / "sheet.png"
    kept = layout.audio_encoder / "checkpoint.pt", layout.model / "model.yaml", layout.moments, layout.page
    write(layout.data / "shards" / "a.tar", layout.cache / "pairs" / "heard.npy", *broken, sheet, *kept)
    layout.forget_clips()
    assert not layout.data.exists() and layout.cache.exists()
    layout.forget_all()
    assert not any(path.exists() for path in (layout.cache, *broken, sheet))
    assert all(path.exists() for path in kept)
