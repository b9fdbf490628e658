import pytest

from s2s.serving.access import Access, is_loopback, is_same_site


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *((name, True) for name in ("127.0.0.1", "127.0.0.2", "localhost", "LOCALHOST", "::1")),
        *(
            (name, False)
            for name in ("0.0.0.0", "::", "192.168.1.5", "fe80::1%eth0", "show.local", "localhost.example")
        ),
    ],
)
def test_loopback_alone_needs_no_token(host: str, loopback: bool) -> None:
    access = Access.of(host)
    assert is_loopback(host) is loopback is (access.token is None)
    assert access.admits([]) is loopback


def test_each_start_has_a_token_of_its_own_that_nobody_guesses() -> None:
    first, second = (Access.of("0.0.0.0").token for _ in range(2))
    assert first is not None and second is not None and first != second and len(first) >= 32


@pytest.mark.parametrize("offered", [[""], ["guess"], ["é\udc80"], ["secre"], ["secret "], []])
def test_what_is_not_the_token_is_not_admitted(offered: list[str]) -> None:
    assert not Access("0.0.0.0", "secret").admits(offered)
    assert Access("0.0.0.0", "secret").admits([*offered, "secret"])


@pytest.mark.parametrize(
    ("host", "known", "unknown"),
    [
        (
            "127.0.0.1",
            ["127.0.0.1:8080", "localhost", "LocalHost:1", "[::1]:8080"],
            ["192.168.1.5:8080", "evil.example", "", "[::1].evil.example", "localhost:80.evil.example", "[::1"],
        ),
        (
            "0.0.0.0",
            ["192.168.1.5:8080", "localhost:8080", "[fe80::1]:8080"],
            ["evil.example:8080", "", "192.168.1.5.evil"],
        ),
        ("192.168.1.5", ["192.168.1.5:8080"], ["192.168.1.6:8080", "evil.example", "127.0.0.1.evil.example"]),
        ("show.local", ["show.local:8080", "10.0.0.3"], ["evil.example"]),
    ],
)
def test_a_listener_knows_its_names_and_no_other(host: str, known: list[str], unknown: list[str]) -> None:
    access = Access.of(host)
    assert [name for name in known if not access.knows(name)] == []
    assert [name for name in unknown if access.knows(name)] == []


def test_a_site_is_the_same_by_name_and_port() -> None:
    assert is_same_site("http://Localhost:8080", "localhost:8080")
    assert not is_same_site("http://localhost:8081", "localhost:8080")
    assert not is_same_site("null", "localhost:8080")
