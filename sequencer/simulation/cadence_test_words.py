"""What people write in a cadence test where it does not say: in the language of each."""

from datetime import date

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
REPLY = {
    "de": "Guten Tag, das klingt interessant. Was würde es für acht Leute kosten?",
    "en": "Thank you, that sounds interesting. What would it cost for a team of eight?",
    "es": "Hola, me parece interesante. ¿Cuánto costaría para un equipo de ocho?",
    "fr": "Bonjour, cela m'intéresse. Combien cela coûterait-il pour une équipe de huit ?",
    "it": "Buongiorno, mi sembra interessante. Quanto costerebbe per un gruppo di otto?",
    "nl": "Dank u, dat klinkt interessant. Wat zou het kosten voor een team van acht?",
    "pt": "Bom dia, parece-me interessante. Quanto custaria para uma equipa de oito?",
}
OPT_OUT = {
    "de": "Bitte streichen Sie mich aus Ihrem Verteiler.",
    "en": "Please remove me from your list.",
    "es": "Por favor, no me escriban más y denme de baja de su lista.",
    "fr": "Merci de me retirer de votre liste de diffusion.",
    "it": "Per favore, cancellatemi dalla vostra lista.",
    "nl": "Stuur mij geen e-mails meer en verwijder mij uit uw bestand.",
    "pt": "Por favor, retirem-me da vossa lista.",
}
_AWAY = {
    "de": "Guten Tag,\n\nich bin bis einschließlich {until:%d.%m.%Y} nicht im Büro.",
    "en": "Hello,\n\nI am out of the office until {until.day} {until:%B %Y}.",
    "es": "Buenos días:\n\nEstoy fuera de la oficina hasta el {until:%d/%m/%Y}.",
    "fr": "Bonjour,\n\nje suis absent du bureau jusqu'au {until:%d/%m/%Y} inclus.",
    "it": "Buongiorno,\n\nsono assente dall'ufficio fino al {until:%d/%m/%Y}.",
    "nl": "Goedendag,\n\nik ben afwezig tot en met {until:%d-%m-%Y}.",
    "pt": "Bom dia,\n\nestou ausente do escritório até {until:%d/%m/%Y}.",
}
_AWAY_UNDATED = {
    "de": "Guten Tag,\n\nich bin zurzeit nicht im Büro.",
    "en": "Hello,\n\nI am out of the office at the moment.",
    "es": "Buenos días:\n\nEn estos momentos estoy fuera de la oficina.",
    "fr": "Bonjour,\n\nje suis actuellement absent du bureau.",
    "it": "Buongiorno,\n\nal momento sono assente dall'ufficio.",
    "nl": "Goedendag,\n\nik ben momenteel afwezig.",
    "pt": "Bom dia,\n\nde momento estou ausente do escritório.",
}


def language_of(tag: str) -> str:
    """The language of a tag such as `pt-BR`, if we have words in it, or English."""
    code = tag[:2].lower()
    return code if code in LANGUAGES else "en"


def away(language: str, until: date | None) -> str:
    """What a mail program says of somebody who is away up to that day."""
    if until is None:
        return _AWAY_UNDATED[language]
    return _AWAY[language].format(until=until)
