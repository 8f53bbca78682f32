from sequencer.mail.folded_text import folded


def test_folded() -> None:
    """Case and accents make no difference; letters of their own stay."""
    assert (
        folded("STRASSE Straße Désinscription Łódź で") == "strasse strasse desinscription lodz て"
    )
