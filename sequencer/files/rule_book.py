"""Every rule of `sequencer check` by its code; the reference page is made from it.

A rule stands in one of the lists below this file, by what it is about.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sequencer.files.rule import PAGE, Rule
from sequencer.files.rules_of_cadences import RULES_OF_CADENCES
from sequencer.files.rules_of_mails import RULES_OF_MAILS
from sequencer.files.rules_of_people import RULES_OF_PEOPLE
from sequencer.files.rules_of_settings import RULES_OF_SETTINGS
from sequencer.files.rules_of_templates import RULES_OF_TEMPLATES
from sequencer.files.rules_of_variants import RULES_OF_VARIANTS

__all__ = ["CHAPTERS", "PAGE", "RULES", "Rule"]

CHAPTERS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "Files and settings": RULES_OF_SETTINGS,
        "Cadences": (*RULES_OF_CADENCES, *RULES_OF_VARIANTS),
        "Templates": RULES_OF_TEMPLATES,
        "Mails": RULES_OF_MAILS,
        "People": RULES_OF_PEOPLE,
    }
)
RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.code: rule for rules in CHAPTERS.values() for rule in rules}
)
