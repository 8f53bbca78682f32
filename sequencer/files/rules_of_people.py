"""Rules about the people that a list holds, for `sequencer check --prospects FILE`."""

from sequencer.files.rule import ERROR, WARNING, Rule

RULES_OF_PEOPLE = (
    Rule(
        "bad-list",
        ERROR,
        "The list of people cannot be read.",
        "Nobody in it could be imported.",
        "Save it as CSV in UTF-8 with headings; one of them is `email`.",
    ),
    Rule(
        "refused-rows",
        WARNING,
        "Rows of the list are refused.",
        "These people would not be imported.",
        "Correct the lines that are named; `sequencer import` writes them to a file of their own.",
    ),
    Rule(
        "empty-variable",
        WARNING,
        "People in the list have no value for something that a mail prints without a fallback.",
        "They would be enrolled and then parked, one by one.",
        "Fill in the column, or give the variable a fallback.",
    ),
    Rule(
        "nobody-fits",
        WARNING,
        "The gate would refuse people of the list at once.",
        "They would never get the first mail.",
        "Take them out of the list, or open the cadence's audience to them.",
    ),
    Rule(
        "no-consent",
        WARNING,
        "People of the list live where a consent is needed, and have none on record.",
        "They are not enrolled; written to, they might complain, and with reason.",
        "Fill in `consent` with when and how it was given, or leave them out.",
    ),
    Rule(
        "unwritten-language",
        WARNING,
        "People of the list read a language in which a mail does not exist.",
        "They get the mail in the language of the template without a tag.",
        "Write the template in their language, as `intro.es.md` beside `intro.md`.",
    ),
    Rule(
        "few-people",
        WARNING,
        "The list is too short to tell the wordings of a step apart.",
        "Each wording needs as many mails as `minimum` says before anything can be told; below "
        "it the difference is chance.",
        "Use fewer wordings, a longer list, or a lower `minimum`.",
    ),
    Rule(
        "holidays-ahead",
        WARNING,
        "Most of the coming fourteen days are days off where people of the list are.",
        "A launch into holidays leaves mails unread below hundreds of others.",
        "Begin after the holidays.",
    ),
)
