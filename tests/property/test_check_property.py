from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from sequencer.cli.check_report import annotations, json_of, summary_of, text_of
from sequencer.files.builtin import builtin_files
from sequencer.files.check import Wanted, check_workspace
from sequencer.files.rule_book import RULES

# One cadence of the example in two of its languages: each look reads the whole workspace.
LEFT_OUT = ("customer-upsell", "missed-you", ".de.md", ".es.md", "config/schema/")
EXAMPLE = {
    name: content.decode()
    for name, content in builtin_files()
    if not any(each in name for each in LEFT_OUT)
}
WRITTEN = sorted(name for name in EXAMPLE if name.endswith((".yaml", ".md", ".csv")))
BITS = [
    "{{ x }}",
    "{% if %}",
    "{# allow: too-close because so #}",
    "# allow: long-mail",
    "\n  when: a and not a",
    "\n  goto: intro",
    "[a](http://1.2.3.4)",
    "![](x)",
    "<b>",
    "!!!",
    "\x00",
    "\u200b",
    "---",
    "\t",
    ": ",
    "[",
    '"',
    "é",
    "0 business_days",
    "sat",
    "02:00-02:30",
    ",",
    "DE",
]
BIT = st.one_of(st.sampled_from(BITS), st.text(max_size=8))
CHANGE = st.tuples(
    st.sampled_from(WRITTEN), st.floats(0, 1), st.integers(0, 40), BIT
)  # a file, where, how much goes, and what comes instead


@settings(max_examples=settings().max_examples // 4)  # each takes a tenth of a second
@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_whatever_is_written(changes: list[tuple[str, float, int, str]]) -> None:
    """Whatever becomes of the example, each finding has a rule, and can be told in every form."""
    files = dict(EXAMPLE)
    for name, where, gone, new in changes:
        text = files[name]
        at = int(where * len(text))
        files[name] = text[:at] + new + text[at + gone :]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        wanted = Wanted((), root / "config/prospects.csv", date(2026, 12, 21))
        checked = check_workspace(root, {}, wanted)
    for each in checked.problems:
        assert each.code in RULES, each.render()
        assert each.severity is RULES[each.code].level
        assert each.file in {"environment", *files}
        assert text_of(each).startswith(each.file)
    assert all("\n" not in line for line in annotations(checked.problems, ""))
    assert json_of(checked)["problems"] is not None
    assert list(summary_of(checked))
