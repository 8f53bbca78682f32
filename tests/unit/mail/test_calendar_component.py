from sequencer.mail.calendar_component import MAX_COMPONENTS, MAX_DEPTH, Component, read_components


def read(*lines: str) -> Component:
    return read_components("\r\n".join(lines).encode(), "utf-8")


def names(component: Component) -> list[str]:
    return [each.name for each in component.inside]


def test_nested() -> None:
    """Lines belong to the component that they stand in."""
    around = read(
        "BEGIN:VCALENDAR",
        "METHOD:REQUEST",
        "begin:vevent",
        "UID:1",
        "BEGIN:VALARM",
        "UID:of the alarm",
        "END:VALARM",
        "ATTENDEE:mailto:a@x.example",
        "ATTENDEE:mailto:b@x.example",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    (calendar,) = around.called("VCALENDAR")
    (event,) = calendar.called("VEVENT", "VTODO")
    assert calendar.text("METHOD", 100) == "REQUEST"
    assert event.text("UID", 100) == "1"
    assert event.text("SUMMARY", 100) == ""
    assert len(list(event.every("ATTENDEE"))) == 2
    first = event.line("X-NONE", "ATTENDEE")
    assert first is not None
    assert first.value == "mailto:a@x.example"
    assert event.line("X-NONE") is None


def test_never_closed() -> None:
    """What is never closed ends with what it stands in; an end without a begin closes nothing."""
    around = read("BEGIN:VCALENDAR", "END:VTODO", "BEGIN:VEVENT", "END:VCALENDAR", "UID:2")
    assert names(around) == ["VCALENDAR"]
    assert names(around.inside[0]) == ["VEVENT"]
    assert around.text("UID", 9) == "2"


def test_too_deep() -> None:
    """Beyond a depth, and a number, components are left out with all that is in them."""
    depth = MAX_DEPTH + 500
    deep = read(*["BEGIN:X"] * depth, "UID:deep", *["END:X"] * depth, "BEGIN:Y", "UID:3")
    assert names(deep) == ["X", "Y"]
    assert deep.inside[1].text("UID", 9) == "3"
    many = read(*["BEGIN:X", "END:X"] * (MAX_COMPONENTS + 5))
    assert len(many.inside) == MAX_COMPONENTS
