"""Whatever a link looks like, the token is in it once, and everything else stays."""

from urllib.parse import parse_qsl, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from sequencer.domain.booking_link import KNOWN_HOSTS, ZCAL_NAMES, with_token, with_tokens

KEY, OTHER = "0123456789abcdef" * 2, "f" * 32
HOSTS = [host.replace("*", "x") for host, _ in KNOWN_HOSTS] + ["book.example"]
NAMES = ["utm_content", "metadata[token]", "metadata%5Btoken%5D", "a0", "a1", "month", ""]

pieces = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "=", "=x", "=%20y", f"={OTHER}"])),
    max_size=5,
).map(lambda found: "&".join(name + value for name, value in found))
links = st.builds(
    "https://{}{}{}{}".format,
    st.sampled_from(HOSTS),
    st.sampled_from(["", "/", "/ana/intro", "/a;b,c"]),
    st.just("") | pieces.map("?{}".format),
    st.sampled_from(["", "#", "#top", "#a?b&c"]),
)


@given(links)
def test_once_and_nothing_else(link: str) -> None:
    """The token is there once; a second time changes nothing; another takes its place."""
    carried = with_token(link, KEY)
    assert with_token(carried, KEY) == carried
    assert with_token(carried, OTHER) == with_token(link, OTHER)
    before, after = urlsplit(link), urlsplit(carried)
    assert before[:3] == after[:3]
    assert before.fragment == after.fragment
    if carried != link:
        values = [value for _, value in parse_qsl(after.query)]
        assert values.count(KEY) == 1
    assert others(after.query) == others(before.query)


def others(query: str) -> list[tuple[str, str]]:
    """The parameters that are none of ours."""
    ours = ("utm_content", "metadata[token]", *ZCAL_NAMES)
    return [each for each in parse_qsl(query, keep_blank_values=True) if each[0] not in ours]


@given(st.text(max_size=200), st.sampled_from(HOSTS))
@example("https://[::1", "calendly.com")
@example(")" * 100, "cal.com")
def test_hostile(text: str, host: str) -> None:
    """Any text is taken, and taken the same the second time."""
    for each in (
        text,
        f"https://{host}{text}",
        f"https://{text}{host}/ana",
        f"{text}{host}/{text}",
    ):
        once = with_token(each, KEY)
        assert with_token(once, KEY) == once
        told = with_tokens(each, KEY)
        assert with_tokens(told, KEY) == told
        assert told.replace(f"utm_content={KEY}", "").count(KEY) <= 4
