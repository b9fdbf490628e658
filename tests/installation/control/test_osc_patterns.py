import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.osc.patterns import PatternError, is_pattern, matching
from installation.parameters import PARAMETERS

LATENT = tuple(address for address in PARAMETERS if address.startswith("/latent/"))


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("/latent/blend", "/latent/blend", True),
        ("/latent/*", "/latent/blend", True),
        ("/latent/*", "/latent/", True),
        ("/latent/*", "/latents/blend", False),
        ("/*", "/latent/blend", False),
        ("/*/*", "/latent/blend", True),
        ("/l*t/b*d", "/latent/blend", True),
        ("/l*t/b*x", "/latent/blend", False),
        ("/latent/b?end", "/latent/blend", True),
        ("/latent?blend", "/latent/blend", False),
        ("/latent/[abc]lend", "/latent/blend", True),
        ("/latent/[a-c]lend", "/latent/blend", True),
        ("/latent/[!a-c]lend", "/latent/blend", False),
        ("/latent/[!x]lend", "/latent/blend", True),
        ("/a[-]b", "/a-b", True),
        ("/a[a-]b", "/a-b", True),
        ("/a[!-]b", "/axb", True),
        ("/{latent,render}/blend", "/latent/blend", True),
        ("/{lat,latent}/blend", "/latent/blend", True),
        ("/{lat,late}/blend", "/latent/blend", False),
        ("/latent{,s}/blend", "/latent/blend", True),
        ("/latent/{b*,x}", "/latent/blend", False),  # OSC 1.0: a list of strings, not of patterns
        ("/LATENT/blend", "/latent/blend", False),
        ("", "", True),
    ],
)
def test_a_pattern_means_what_osc_says(pattern: str, text: str, *, matches: bool) -> None:
    assert bool(matching(pattern, [text])) is matches


def test_the_matches_come_in_the_order_of_the_table() -> None:
    assert matching("/latent/*", PARAMETERS) == LATENT


def test_only_what_holds_a_sign_is_a_pattern() -> None:
    assert not any(map(is_pattern, PARAMETERS))
    assert all(map(is_pattern, ("/a/*", "/a/?", "/a/[b]", "/a/{b,c}")))


@pytest.mark.parametrize("pattern", ["/a/[b", "/a/{b", "/" + "a" * 300])
def test_a_pattern_without_an_end_is_refused_in_one_short_line(pattern: str) -> None:
    with pytest.raises(PatternError) as refusal:
        matching(pattern, PARAMETERS)
    assert len(str(refusal.value)) < 120


def test_no_pattern_buys_more_time_than_its_length() -> None:
    assert matching("*a" * 90 + "x", ["a" * 200] * 10) == ()
    assert matching("{a,aa,aaa}" * 19, ["a" * 100] * 10) == ()


@given(st.text("/ab*?", max_size=12), st.text("/ab", max_size=12))
def test_stars_and_question_marks_are_those_of_regular_expressions(pattern: str, text: str) -> None:
    expression = re.escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    assert bool(matching(pattern, [text])) is (re.fullmatch(expression, text) is not None)


@given(st.text(max_size=60))
def test_any_pattern_is_matched_or_refused(pattern: str) -> None:
    with contextlib.suppress(PatternError):
        matching("/" + pattern, PARAMETERS)
