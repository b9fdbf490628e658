"""An evening as it comes from telephones: HEIC beside a voice memo, and films in surround at no steady rate."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from s2s.data.corpus import Video
from s2s.data.film_clips import FilmClips, FilmJob
from s2s.data.settings import PrepareSettings
from s2s.files.folders import CAN_READ_HEIF
from s2s.retrain.photos import VenueClips
from s2s.retrain.venue import FEWEST, Photograph, Venue
from tests.s2s.data.films import Track, tone, write
from tests.s2s.retrain.places import pieces_of_sound, sound

PHOTOGRAPH = Path(__file__).parent.parent / "media" / "photograph.heic"


@pytest.mark.skipif(not CAN_READ_HEIF, reason="pi-heif is not installed")
def test_a_photograph_in_heic_goes_with_its_voice_memo_and_is_seen(tmp_path: Path) -> None:
    for number in range(FEWEST):
        sound(tmp_path / "evening" / f"memo-{number}.wav")
        shutil.copy(PHOTOGRAPH, tmp_path / "evening" / f"memo-{number}.HEIC")
    venue = Venue.read(tmp_path / "evening")
    assert venue.left_out == ()
    photograph = tmp_path / "evening" / "memo-3.HEIC"
    assert venue.photographs["memo-3.wav"] == (Photograph(photograph),)
    prepared = pieces_of_sound(tmp_path / "data", {"memo-3": ("memo-3.wav", 0.0)})
    frames = VenueClips(prepared, venue.photographs).frames("memo-3", 16)
    assert frames.shape == (10, 16, 16, 3) and np.ptp(frames) > 0


def test_a_film_in_surround_at_no_steady_rate_is_a_clip_like_any_other(tmp_path: Path) -> None:
    times_s = np.cumsum([0.0, *np.tile([0.03, 0.07, 0.033], 16)]).tolist()
    surround = np.repeat(tone(2.0, 48_000)[:, None], 6, axis=1)
    path = write(tmp_path / "IMG_0001.MOV", times_s, [Track(surround, 48_000)], container={"movflags": "faststart"})
    job = FilmJob(Video(path, "IMG_0001"), path.name, "train", PrepareSettings(px=(16,)))
    (clip,) = FilmClips(job, tmp_path, lambda: None).clips()
    assert len(clip.sound) / 16_000 == pytest.approx(2.0, abs=0.15)
    assert len(clip.frames[16]) == pytest.approx(20, abs=2)
    assert 0.1 < np.abs(clip.sound.astype(float)).max() / 32_768 < 1.0
