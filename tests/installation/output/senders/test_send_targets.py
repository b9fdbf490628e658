"""What stands after `--send`, and that no secret in it is ever shown."""

from pathlib import Path

import pytest

import run_show
from installation.options import Arguments, OptionError, resolve
from installation.output.senders.kinds import KINDS, readiness
from installation.output.senders.target import TargetError, parse_target, parse_targets


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("ndi:Wall left", "ndi", "ndi:Wall left"),
        ("NDI:", "ndi", "ndi:Sound to Scene"),
        ("syphon", "syphon", "syphon:Sound to Scene"),
        ("v4l2:/dev/video9", "v4l2", "v4l2:/dev/video9"),
        ("camera", "camera", "camera"),
        ("srt://10.0.0.5:9000?passphrase=tell-nobody&latency=200", "srt", "srt://10.0.0.5:9000"),
        ("rtmp://live.example.org/app/tell-nobody", "rtmp", "rtmp://live.example.org"),
        ("rtmp://user:tell-nobody@live.example.org:1936/app/key", "rtmp", "rtmp://live.example.org:1936"),
        ("udp://[ff02::1]:5004", "udp", "udp://[ff02::1]:5004"),
    ],
)
def test_a_target_has_a_kind_and_a_name_without_secrets(text: str, kind: str, name: str) -> None:
    target = parse_target(text)
    assert (target.kind, target.name) == (kind, name)
    assert target.kind in KINDS and "tell-nobody" not in repr(target)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "--send takes ndi:NAME"),
        ("hdmi:1", "got 'hdmi'"),
        ("file:///etc/passwd", "got 'file'"),
        ("v4l2:9", "v4l2 wants the loop-back's device"),
        ("srt://10.0.0.5", "srt wants srt://HOST:PORT"),
        ("srt://10.0.0.5:99999", "srt wants srt://HOST:PORT"),
        ("srt://10.0.0.5:9000?mode=listener", "srt takes the options latency, passphrase"),
        ("rtmp://live.example.org", "rtmp wants rtmp://HOST/APP/KEY"),
        ("ndi:a\nb", "printable"),
    ],
)
def test_what_nothing_can_be_sent_to_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(TargetError, match=r"^[^\n]+$") as refused:
        parse_target(text)
    assert words in str(refused.value)


def test_two_keys_at_one_service_are_two_names_and_one_place_twice_is_refused() -> None:
    names = [target.name for target in parse_targets(("rtmp://a.example/x/1", "rtmp://a.example/x/2"))]
    assert names == ["rtmp://a.example", "rtmp://a.example (2)"]
    with pytest.raises(TargetError, match="there twice"):
        parse_targets(("ndi:Wall", "ndi:Wall"))


def test_the_command_line_takes_several_and_the_resolved_run_shows_them_without_secrets() -> None:
    parsed = run_show.build_parser().parse_args(["--send", "ndi:Wall", "--send", "rtmp://a.example/app/tell-nobody"])
    config = resolve(Arguments(send=tuple(parsed.send)))
    assert "send:\n- ndi:Wall\n- rtmp://a.example\n" in config.as_yaml()
    assert "tell-nobody" not in config.as_yaml() + repr(config)


def test_a_venue_names_what_is_always_sent_to(tmp_path: Path) -> None:
    (tmp_path / "senders.yaml").write_text("- rtmp://a.example/app/tell-nobody\n- ndi:Wall\n")
    config = resolve(Arguments(venue=tmp_path, send=("udp://127.0.0.1:5004",)))
    assert [target.name for target in config.send] == ["udp://127.0.0.1:5004", "rtmp://a.example", "ndi:Wall"]


@pytest.mark.parametrize("text", ["ndi: Wall\n", "- 3\n", "- [ndi]\n", "- 'ndi:Wall\n"])
def test_a_venues_list_that_is_none_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "senders.yaml").write_text(text)
    with pytest.raises(TargetError, match=r"^senders\.yaml: [^\n]+$"):
        resolve(Arguments(venue=tmp_path))


def test_a_film_is_not_sent() -> None:
    with pytest.raises(OptionError, match="--send is for a live show"):
        resolve(Arguments(send=("ndi:Wall",), source="file:rain.wav", render=Path("film.mp4")))


def test_every_kind_says_that_it_is_ready_or_what_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)
    monkeypatch.setattr("sys.platform", "win32")
    found = readiness()
    assert list(found) == list(KINDS) and found["udp"] == "ready"
    assert found["spout"] == "wants the package SpoutGL: .venv/bin/pip install '.[spout]'"
    assert found["syphon"].startswith("is for macOS") and found["v4l2"].startswith("is for Linux")
    assert found["srt"].startswith("wants libsrt")
