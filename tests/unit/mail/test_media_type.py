import pytest

from sequencer.mail.media_type import MAX_PARAMS, read_media_type


@pytest.mark.parametrize(
    ("header", "value", "params"),
    [
        ("Text/Plain; Charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ("text/plain", "text/plain", {}),
        ("", "", {}),
        ('a/b; boundary="x;y"; c=d', "a/b", {"boundary": "x;y", "c": "d"}),
        (r'a/b; n="say \"hi\"; \\ok"', "a/b", {"n": 'say "hi"; \\ok'}),
        ('a/b; n="never closed; c=d', "a/b", {"n": "never closed; c=d"}),
        ("a/b; flag; ; c = d ", "a/b", {"c": "d"}),
        ("a/b; c=1; c=2", "a/b", {"c": "1"}),
        ("a/b; n*=utf-8'de'M%C3%A4rz%00", "a/b", {"n": "März "}),
        ("a/b; n*0*=iso-8859-1''M%E4; n*1=rz; n*2*=%21", "a/b", {"n": "Mä".encode().decode()}),
        ("a/b; n*0=long; n*1=er", "a/b", {"n": "longer"}),
        ("a/b; n=plain; n*1=lost", "a/b", {"n": "plain"}),
    ],
)
def test_read(header: str, value: str, params: dict[str, str]) -> None:
    """Types and parameters are read with their quotes, continuations and charsets."""
    media = read_media_type(header)
    assert media.value == value
    assert {name: media.params[name][: len(text)] for name, text in params.items()} == params
    assert set(media.params) == set(params)


def test_mixed_continuations() -> None:
    """Encoded and plain segments of one parameter are joined in their order."""
    media = read_media_type("a/b; n*0*=utf-8''M%C3%A4; n*1=rz; n*2*=%21")
    assert media.params["n"] == "März!"


def test_many_parameters() -> None:
    """Parameters beyond the cap are left out."""
    header = "a/b" + "".join(f"; p{number}=x" for number in range(500))
    assert len(read_media_type(header).params) == MAX_PARAMS


def test_many_segments() -> None:
    """A parameter in more segments than the cap has an end."""
    header = "a/b" + "".join(f"; n*{number}=x" for number in range(MAX_PARAMS))
    assert read_media_type(header).params["n"] == "x" * MAX_PARAMS
