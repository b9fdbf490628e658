import pytest

from installation.diagnosis.wording import (
    Section,
    locked_versions,
    package_lines,
    page,
    processor,
    report_lines,
    without_files,
    without_names,
)

X86 = "processor\t: 0\nmodel name\t: Xeon\nflags\t\t: fpu avx2 amx_bf16 avx512_bf16\n\nmodel name\t: Other\n"
ARM = "processor : 0\nFeatures : fp asimd bf16 sve\nCPU implementer : 0x41\nCPU part : 0xd4f\n"


def test_a_page_names_what_was_found_and_what_was_not() -> None:
    found = page([Section("monitors", ("0: 1280x720",)), Section("microphones", ())])
    assert found == "monitors:\n  0: 1280x720\nmicrophones:\n  none\n"


def test_a_long_list_and_a_long_line_end() -> None:
    lines = page([Section("ports", tuple(f"{n}" for n in range(40))), Section("model", ("x" * 5_000,))]).splitlines()
    assert "  and 28 more" in lines
    assert max(map(len, lines)) < 210


def test_a_processor_is_told_by_its_model_and_the_instruction_sets_that_matter() -> None:
    assert processor(X86) == ("Xeon", ["avx2", "avx512_bf16", "amx_bf16"])
    assert processor(ARM) == ("implementer 0x41, part 0xd4f", ["asimd", "bf16", "sve"])
    assert processor("") == ("unknown", [])


def test_a_package_that_differs_from_the_lock_is_said() -> None:
    locked = locked_versions("numpy==2.4.6 \\\n    --hash=sha256:0\ntorch==2.11.0 ; sys_platform == 'linux' \\\n")
    assert locked == {"numpy": "2.4.6", "torch": "2.11.0"}
    found = package_lines({"numpy": "2.4.6", "torch": None, "av": "18.1.0"}, locked)
    assert found == ["numpy 2.4.6, torch missing (locked: 2.11.0), av 18.1.0"]


def test_users_and_machines_are_not_named() -> None:
    private = {"anna": "<user>", "anna-laptop": "<host>", "/home/anna": "<home>", "": "<user>"}
    assert without_names("Monitor of Anna-Laptop, /home/anna/x", private) == "Monitor of <host>, <home>/x"
    assert without_names("hannah", private) == "hannah"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("/home/anna/my evening.wav: holds no sound", "<file>: holds no sound"),
        ("evening.wav: holds no sound", "<file>: holds no sound"),
        ("there is no preset file moods/anna.yaml", "there is no preset file <file>"),
        ("cannot open '/srv/show/anna and bob.mp4' (busy)", "cannot open <file> (busy)"),
        ("/render/zoom takes 1 to 2, got 7.5", "/render/zoom takes 1 to 2, got 7.5"),
        ("OpenGL 3.3 is needed, got 2.1", "OpenGL 3.3 is needed, got 2.1"),
        ("lost\na line", "lost a line"),
    ],
)
def test_files_are_not_named_and_the_error_is(error: str, told: str) -> None:
    assert without_files(error) == told


def test_a_report_ends_the_page_with_its_errors() -> None:
    told = report_lines({"exit_code": 6, "restarts": 3, "errors": ["inference: /tmp/model.yaml is not YAML"]})
    assert told == ["exit code 6, 3 restarts, 1 errors", "inference: <file> is not YAML"]
    assert report_lines({"errors": "nonsense"}) == ["exit code None, 0 restarts, 0 errors"]
