import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.page.live_messages import AskForPictures, MessageError, Ping, SetValue, read_message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"set","id":7,"address":"/audio/gain","value":-6}', SetValue(7, "/audio/gain", -6)),
        ('{"type":"set","address":"/show/preset","value":"gallery"}', SetValue(None, "/show/preset", "gallery")),
        ('{"type":"picture","fps":8}', AskForPictures(8.0)),
        ('{"type":"picture","fps":1000}', AskForPictures(8.0)),
        ('{"type":"picture","fps":0}', AskForPictures(0.0)),
        ('{"type":"ping","t":12.5}', Ping(12.5)),
        ('{"type":"ping"}', Ping(None)),
        ('{"type":"ping","t":{"a":1}}', Ping(None)),
    ],
)
def test_what_a_page_may_say_is_read(text: str, message: object) -> None:
    assert read_message(text) == message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "JSON"),
        ("[1]", "JSON object"),
        ("nonsense", "JSON"),
        ('{"type":"set","address":"/audio/gain"}', '"value"'),
        ('{"type":"set","value":1}', '"address"'),
        ('{"type":"set","address":5,"value":1}', '"address"'),
        ('{"type":"set","address":"/audio/gain","value":NaN}', "finite"),
        ('{"type":"set","address":"/audio/gain","value":' + "9" * 3000 + "}", "number of 3000 letters"),
        ('{"type":"picture","fps":-1}', "0..8"),
        ('{"type":"picture","fps":true}', "0..8"),
        ('{"type":"picture"}', "0..8"),
        ('{"type":"reboot"}', "set, picture or ping"),
        ("[" * 3000, "JSON"),
        ('{"type":"ping","t":"' + "x" * 5000 + '"}', "4096 bytes"),
        ('{"type":"set","address":"\\ud800","value":1}', "surrogates"),
    ],
)
def test_anything_else_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(MessageError) as refused:
        read_message(text)
    assert words in str(refused.value) and str(refused.value).isprintable() and len(str(refused.value)) < 250


@given(st.text(max_size=200))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(MessageError):
        read_message(text)
