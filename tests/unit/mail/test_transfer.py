import pytest

from sequencer.mail.transfer import decode_transfer


@pytest.mark.parametrize(
    ("encoding", "content", "decoded"),
    [
        ("BASE64 ", b"aGVs\nbG8=", b"hello"),
        ("base64", b"aGVsbG8", b"hello"),
        ("base64", b"aGVsbG8=\nThe footer of a list", b"hello"),
        ("base64", b"a!G\xe9VsbG8", b"hello"),
        ("base64", b"aGVsb", b"hel"),
        ("base64", b"", b""),
        ("quoted-printable", b"caf=C3=A9 =\nau lait =XX", b"caf\xc3\xa9 au lait =XX"),
        ("7bit", b"a=3D", b"a=3D"),
        ("x-unknown", b"a=3D", b"a=3D"),
        ("", b"a", b"a"),
    ],
)
def test_decode(encoding: str, content: bytes, decoded: bytes) -> None:
    """Each encoding is taken off as far as it goes; an unknown one stays."""
    assert decode_transfer(content, encoding) == decoded
