"""What the law of a country wants before a first mail to a named person at work: as data.

Compiled in November 2026 from the texts that are named; laws change and have exceptions that no
table knows, so have counsel look at it before you rely on it. `consent:` in the settings replaces
the list of countries. It tells nothing about calls and letters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MailLaw(StrEnum):
    """On which ground somebody may be written to who has not bought anything yet."""

    CONSENT = "consent"
    IMPLIED = "implied"
    OPT_OUT = "opt_out"


@dataclass(frozen=True, slots=True)
class Law:
    """The ground, and where it stands."""

    ground: MailLaw
    source: str


LAWS: Mapping[str, Law] = {
    "AT": Law(MailLaw.CONSENT, "TKG 2021, section 174: companies too"),
    "AU": Law(MailLaw.IMPLIED, "Spam Act 2003: express or inferred consent; the sender proves it"),
    "BE": Law(MailLaw.CONSENT, "Code of economic law XII.13; not for impersonal addresses"),
    "CA": Law(MailLaw.IMPLIED, "CASL: express or implied consent; the sender proves it"),
    "CZ": Law(MailLaw.CONSENT, "Act 480/2004, section 7"),
    "DE": Law(MailLaw.CONSENT, "UWG, section 7 (2) no. 2: companies too"),
    "DK": Law(MailLaw.CONSENT, "Marketing Practices Act, section 10: companies too"),
    "ES": Law(MailLaw.CONSENT, "LSSI, articles 21 and 22"),
    "FI": Law(MailLaw.OPT_OUT, "Where it concerns the person's work"),
    "FR": Law(MailLaw.OPT_OUT, "CPCE L34-5, CNIL: where it concerns the person's work"),
    "GB": Law(MailLaw.OPT_OUT, "PECR: companies; sole traders need consent"),
    "IE": Law(MailLaw.OPT_OUT, "S.I. 336/2011: where it concerns the person's work"),
    "IL": Law(MailLaw.CONSENT, "Communications Law, section 30A; one approach is allowed"),
    "IT": Law(MailLaw.CONSENT, "Codice privacy, article 130: companies too"),
    "JP": Law(MailLaw.CONSENT, "Act on specified e-mail; published work addresses are exempt"),
    "KR": Law(MailLaw.CONSENT, "Network Act, article 50"),
    "NL": Law(MailLaw.CONSENT, "Telecommunicatiewet 11.7; not for addresses published for it"),
    "NO": Law(MailLaw.CONSENT, "Marketing Control Act, section 15: named people"),
    "NZ": Law(MailLaw.IMPLIED, "Unsolicited Electronic Messages Act 2007: express or deemed"),
    "PL": Law(MailLaw.CONSENT, "Electronic Communications Law, article 398"),
    "PT": Law(MailLaw.OPT_OUT, "Act 41/2004, article 13-A: companies; natural people need consent"),
    "SE": Law(MailLaw.OPT_OUT, "Marketing Act, sections 19 and 20: company addresses"),
    "SG": Law(MailLaw.OPT_OUT, "Spam Control Act 2007; bulk mail is labelled"),
    "US": Law(MailLaw.OPT_OUT, "CAN-SPAM Act, 15 U.S.C. 7701"),
    "ZA": Law(MailLaw.CONSENT, "POPIA, section 69; one request is allowed"),
}

# Where consent may be implied, the sender has to show why: that, too, is a record.
NEED_A_RECORD = tuple(
    sorted(country for country, law in LAWS.items() if law.ground is not MailLaw.OPT_OUT)
)
