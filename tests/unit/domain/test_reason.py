from sequencer.domain.reason import SENTENCES, Reason, Refusal


def test_every_reason_has_a_sentence() -> None:
    """Each code has one sentence, ended like one, and no two say the same."""
    assert set(SENTENCES) == set(Reason)
    assert len(set(SENTENCES.values())) == len(Reason)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_code_with_parameter() -> None:
    """Only the codes that name something carry it; for the others the detail is for people."""
    assert Refusal(Reason.MISSING_VARIABLE, "company").code == "missing_variable:company"
    assert Refusal(Reason.PAUSED, "auto_reply").code == "paused:auto_reply"
    assert Refusal(Reason.PAUSED).code == "paused"
    assert Refusal(Reason.CAP_MAILBOX, "50 of 50").code == "cap_mailbox"


def test_sentence() -> None:
    """The detail follows the sentence where there is one."""
    assert Refusal(Reason.OPTED_OUT).sentence == "The person opted out."
    assert Refusal(Reason.OPTED_OUT, "by reply").sentence == "The person opted out. (by reply)"
