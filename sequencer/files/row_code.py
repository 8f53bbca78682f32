"""Why a row of a CSV file is refused: stable codes, what each means, what to do about it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class RowCode(StrEnum):
    """Code of a refused row, as it stands in the report and in the file of refused rows."""

    TOO_MANY_CELLS = "too_many_cells"
    CELL_TOO_LONG = "cell_too_long"
    CONTROL_CHARACTER = "control_character"
    EMAIL_MISSING = "email_missing"
    EMAIL_INVALID = "email_invalid"
    EMAIL_DUPLICATE = "email_duplicate"
    TIMEZONE_UNKNOWN = "timezone_unknown"
    COUNTRY_UNKNOWN = "country_unknown"
    SUBDIVISION_UNKNOWN = "subdivision_unknown"
    LANGUAGE_UNKNOWN = "language_unknown"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_DUPLICATE = "account_duplicate"
    DOMAIN_INVALID = "domain_invalid"


class RowMeaning(NamedTuple):
    """A code in a sentence, and what to do about it before the row is imported again."""

    sentence: str
    what: str


ROW_MEANINGS: Mapping[RowCode, RowMeaning] = {
    RowCode.TOO_MANY_CELLS: RowMeaning(
        "The row has more cells than the heading line.",
        "Put a cell that holds the delimiter between quotes, or take away the cells at the end.",
    ),
    RowCode.CELL_TOO_LONG: RowMeaning(
        "A cell has more characters than any value needs.",
        "Shorten it; often a quote is missing, and the cell has swallowed the rows after it.",
    ),
    RowCode.CONTROL_CHARACTER: RowMeaning(
        "A cell goes over several lines, or holds a character that cannot be seen.",
        "Add the missing quote, or take the character away.",
    ),
    RowCode.EMAIL_MISSING: RowMeaning(
        "The row has no e-mail address.", "Fill it in, or leave the row out."
    ),
    RowCode.EMAIL_INVALID: RowMeaning(
        "No mail can be sent to what stands there as an address.", "Correct the address."
    ),
    RowCode.EMAIL_DUPLICATE: RowMeaning(
        "An earlier row of the file has the same address, perhaps in another spelling.",
        "Keep the row that is right; the earlier one has been taken.",
    ),
    RowCode.TIMEZONE_UNKNOWN: RowMeaning(
        "The time zone is none that is known.",
        "Write its name as in `Europe/Madrid`, or leave the cell empty.",
    ),
    RowCode.COUNTRY_UNKNOWN: RowMeaning(
        "The country is none that is known.",
        "Write its two letters, as in `ES`, or leave the cell empty.",
    ),
    RowCode.SUBDIVISION_UNKNOWN: RowMeaning(
        "The subdivision is none that its country has holidays for.",
        "Write its code of ISO 3166-2, as in `ES-MD` or `MD`, or leave the cell empty.",
    ),
    RowCode.LANGUAGE_UNKNOWN: RowMeaning(
        "The language is none that is known.",
        "Write its letters, as in `es`, or leave the cell empty.",
    ),
    RowCode.ACCOUNT_MISSING: RowMeaning(
        "A row of a list of companies names none.",
        "Fill in `account`, as the prospects have it, or `domain`.",
    ),
    RowCode.ACCOUNT_DUPLICATE: RowMeaning(
        "An earlier row of the list has the same company.",
        "Keep the row that is right; the earlier one has been taken.",
    ),
    RowCode.DOMAIN_INVALID: RowMeaning(
        "What stands there is no domain of a company.",
        "Write what follows the @ in its addresses; with a public provider, use `account`.",
    ),
}
