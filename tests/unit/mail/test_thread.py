import pytest

from sequencer.mail.thread import base_subject, references_after, reply_subject

MARKS = (
    "Re|RE|re|Aw|AW|Antw|Antwort|Rép|RÉ|ré|R|Rif|RES|Resp|SV|Sv|VS|Vá|Odp|Отв|отв|回复|答复|返信|"
    "Fw|Fwd|FWD|WG|Wtr|TR|I|RV|Enc|ENC|VB|VL|PD|Doorst|转发|Re\u0301p"
)


@pytest.mark.parametrize("mark", MARKS.split("|"))
@pytest.mark.parametrize("end", [":", ": ", " :", "\uff1a", "[2]:", "(3): ", " [x] : "])
def test_marks(mark: str, end: str) -> None:
    """Marks of replies and forwards in any usual language and form are taken off."""
    subject = f"{mark}{end}Re: Offer"
    assert base_subject(subject) == "Offer"
    assert reply_subject(subject) == "Re: Offer"


@pytest.mark.parametrize(
    ("subject", "base", "reply"),
    [
        ("Offer", "Offer", "Re: Offer"),
        ("Re: Re: Re: Offer", "Offer", "Re: Offer"),
        ("[Acme] Offer", "Offer", "Re: [Acme] Offer"),
        ("Re: [Acme] Offer", "Offer", "Re: [Acme] Offer"),
        ("[Acme] Re: Offer", "Offer", "Re: Offer"),
        ("[Acme]", "[Acme]", "Re: [Acme]"),
        ("[a] [b]", "[b]", "Re: [a] [b]"),
        ("[EXTERNAL] Re: Offer", "Offer", "Re: Offer"),
        ("RE: [EXT] AW: Offer", "Offer", "Re: Offer"),
        ("[External] Offer", "Offer", "Re: Offer"),
        ("(External) Offer", "Offer", "Re: Offer"),
        ("[SUSPECTED SPAM]: [Acme] Offer", "Offer", "Re: [Acme] Offer"),
        ("***SPAM*** Re: Offer", "Offer", "Re: Offer"),
        ("[EXT]", "[EXT]", "Re: [EXT]"),
        ("[EXT] (fwd)", "[EXT]", "Re: [EXT]"),
        ("Offer (fwd) (Fwd) ", "Offer", "Re: Offer"),
        ("[Fwd: Re: [Fwd: Offer]]", "Offer", "Re: [Fwd: Re: [Fwd: Offer]]"),
        (
            "[Fwd: " * 6 + "Offer" + "]" * 6,
            "[Fwd: Offer]",
            "Re: " + "[Fwd: " * 6 + "Offer" + "]" * 6,
        ),
        ("  An\t offer \r\n", "An offer", "Re: An\t offer"),
        ("Résumé: yours", "Résumé: yours", "Re: Résumé: yours"),
        ("Refund: yours", "Refund: yours", "Re: Refund: yours"),
        ("Re", "Re", "Re: Re"),
        ("[Re: Offer", "[Re: Offer", "Re: [Re: Offer"),
        ("Re:", "", "Re:"),
        ("", "", "Re:"),
    ],
)
def test_subjects(subject: str, base: str, reply: str) -> None:
    """The base is for comparing; an answer keeps everything but the marks and the warnings."""
    assert base_subject(subject) == base
    assert reply_subject(subject) == reply


def test_composed() -> None:
    """Bases compare equal whichever way accents are sent."""
    assert base_subject("Re: Cafe\u0301") == base_subject("Caf\u00e9")


@pytest.mark.parametrize(
    "hostile",
    [
        *("[", "[a]", "[ext] ", "Re:", " ", "re ", "(fwd)", "[fwd:", "*", "*** spam", "(external)"),
        *("re [", "re (1", "re:[", "[a]re:", "]", "re [a]"),
    ],
)
def test_hostile(hostile: str) -> None:
    """A subject of a megabyte ends in time; a pattern that backtracks would not end at all."""
    subject = hostile * (1_000_000 // len(hostile))
    assert len(base_subject(subject)) <= len(subject)
    assert len(reply_subject(subject)) <= len(subject) + 4


def test_references() -> None:
    """The parent comes last, once; what is no id is left out."""
    assert references_after((), "<p@x>") == ("<p@x>",)
    parents = ("<a@x>", "nonsense", "<p@x>", "<b@x>", "<a@x>")
    assert references_after(parents, "<p@x>") == ("<a@x>", "<b@x>", "<p@x>")


@pytest.mark.parametrize("limit", [2, 3, 20])
def test_long_thread(limit: int) -> None:
    """Of a long thread the first id and the last ones stay, so that readers can still place it."""
    parents = [f"<{number}@x>" for number in range(30)]
    kept = references_after(parents, "<p@x>", limit)
    assert len(kept) == limit
    assert kept == (parents[0], *[*parents, "<p@x>"][-(limit - 1) :])


def test_full_thread() -> None:
    """A thread of exactly the limit is kept whole."""
    parents = [f"<{number}@x>" for number in range(19)]
    assert references_after(parents, "<p@x>") == (*parents, "<p@x>")
