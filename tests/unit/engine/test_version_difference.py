from sequencer.engine.version_difference import (
    Difference,
    KeyChange,
    key_changes,
    other_files,
    text_changes,
)


def test_keys() -> None:
    """Values are named by their whole key; what is there in one alone has no other side."""
    before = {"title": "A", "audience": {"again": "never", "stages": ["lead"]}, "client": "x"}
    after = {"title": "B", "audience": {"again": "never", "stages": ["lead", "hot"]}, "retired": []}
    assert key_changes(before, after) == (
        KeyChange("title", "A", "B"),
        KeyChange("audience.stages", '["lead"]', '["lead", "hot"]'),
        KeyChange("retired", None, "[]"),
        KeyChange("client", "x", None),
    )


def test_steps() -> None:
    """Steps go by their ids: a new order, a new step and one that is gone are told as such."""
    intro, bump, call = {"id": "intro"}, {"id": "bump", "wait": "1 day"}, {"id": "call"}
    later = {"id": "bump", "wait": "2 days"}
    assert key_changes({"steps": [intro, bump]}, {"steps": [intro, later]}) == (
        KeyChange("steps.bump.wait", "1 day", "2 days"),
    )
    assert key_changes({"steps": [intro, bump, call]}, {"steps": [call, intro]}) == (
        KeyChange("steps", "intro, bump, call", "call, intro"),
        KeyChange("steps.bump.wait", "1 day", None),
    )


def test_empty_sections() -> None:
    """An empty section is a value too."""
    assert key_changes({"throttle": {}}, {"throttle": {"max": 1}}) == (
        KeyChange("throttle.max", None, "1"),
        KeyChange("throttle", "{}", None),
    )


def test_texts() -> None:
    """What changed stands in lines with a sign; a new file has nothing before it."""
    changes = text_changes({"a.md": "one\ntwo", "b.md": "x"}, {"a.md": "one\n2", "c.md": "new"})
    assert [change.file for change in changes] == ["a.md", "b.md", "c.md"]
    assert changes[0].lines[-3:] == (" one", "-two", "+2")
    assert changes[1].lines[1] == "+++ /dev/null"
    assert changes[2].lines[0] == "--- /dev/null"
    assert text_changes({"a.md": "x"}, {"a.md": "x"}) == ()


def test_other_files() -> None:
    """Attachments are named, not shown."""
    assert other_files({"a.pdf": "1", "b.pdf": "2"}, {"a.pdf": "1", "c.pdf": "3"}) == (
        "b.pdf",
        "c.pdf",
    )


def test_truth() -> None:
    """A difference is one as soon as anything differs."""
    assert not Difference("x", "1", "2")
    assert Difference("x", "1", "2", attachments=("a.pdf",))
