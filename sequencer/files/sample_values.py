"""The invented person for whom every template is filled in when it is checked."""

from collections.abc import Mapping

# What every template may name beside the fields of a prospect.
SENDER = {"name": "Ana Ruiz", "email": "ana@sender.example"}
UNSUBSCRIBE_URL = "https://sender.example/u/opt-out"
BOOKING_LINK = "https://calendly.com/ana/intro?utm_content=token"
ALWAYS: Mapping[str, object] = {
    "sender": SENDER,
    "unsubscribe_url": UNSUBSCRIBE_URL,
    "booking_link": BOOKING_LINK,
}

ADDRESS = "zoe@bank.example"
FULL = {
    "email": ADDRESS,
    "first_name": "Zoë",
    "last_name": "Marin",
    "company": "Bank Example",
    "title": "Head of Finance",
    "phone": "+49 30 1234567",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "language": "en",
    "stage": "lead",
    "owner": "ana",
}
# Of whom nothing is known that may be missing. Nobody has no booking page: that is the sender's.
SPARSE: Mapping[str, object] = {"email": ADDRESS, "stage": "lead", **ALWAYS}
