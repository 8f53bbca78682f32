"""By which words mail programs introduce the mail that they quote. Data only, all case-folded."""

from enum import StrEnum


class Role(StrEnum):
    """What a label in the header block of a quoted mail stands for."""

    FROM = "from"
    DATE = "date"
    TO = "to"
    COPY = "copy"
    SUBJECT = "subject"


_LABELS_BY_ROLE = {
    Role.FROM: (
        "from|von|de|da|van|från|fra|lähettäjä|od|от|dal|expéditeur|mittente|remitente|发件人"
        "|差出人|보낸 사람"
    ),
    Role.DATE: (
        "sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|le|enviado|enviado el|enviado em"
        "|fecha|data|inviato|inviato il|verzonden|skickat|sendt|dato|lähetetty|wysłano|отправлено"
        "|дата|message du|发送时间|日期|送信日時|보낸 날짜"
    ),
    Role.TO: (
        "to|an|à|a|para|al|aan|till|til|vastaanottaja|do|кому|destinataire|收件人|宛先|받는 사람"
    ),
    Role.COPY: "cc|kopie|copie|copie à|copia|cópia|kopia|kopi|копия|抄送",
    Role.SUBJECT: (
        "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|тема"
        "|主题|件名|제목"
    ),
}
LABELS = {label: role for role, labels in _LABELS_BY_ROLE.items() for label in labels.split("|")}

SEPARATORS = (  # between dashes
    "original message",
    "original-nachricht",
    "originalnachricht",
    "ursprüngliche nachricht",
    "ursprüngliche mail",
    "message d'origine",
    "message original",
    "message initial",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "origineel bericht",
    "oprindelig besked",
    "opprinnelig melding",
    "ursprungligt meddelande",
    "originalmeddelande",
    "alkuperäinen viesti",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "исходное сообщение",
    "原始邮件",
    "元のメッセージ",
    "forwarded message",
    "weitergeleitete nachricht",
    "message transféré",
    "mensaje reenviado",
    "mensagem encaminhada",
    "messaggio inoltrato",
    "doorgestuurd bericht",
)
FORWARDS = (  # a line of their own, without dashes
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "début du message réexpédié :",
    "inizio messaggio inoltrato:",
    "begin doorgestuurd bericht:",
)

WROTE = (
    "wrote",
    "writes",
    "schrieb",
    "geschrieben",
    "a écrit",
    "escribió",
    "escribio",
    "escreveu",
    "ha scritto",
    "scrive",
    "schreef",
    "geschreven",
    "skrev",
    "kirjoitti",
    "napisał",
    "napisała",
    "napsal",
    "написал",
    "написала",
    "пишет",
    "写道",
)

OPENERS = frozenset(  # first words of a line such as `On Monday ... wrote:`, weekdays among them
    "on at am um le el em il op den in w dnia dne pe vào"
    " mon monday tue tuesday wed wednesday thu thursday fri friday sat saturday sun sunday"
    " mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag so sonntag"
    " lun lundi mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche"
    " lunes martes mié miércoles jue jueves vie viernes sáb sábado dom domingo"
    " seg segunda ter terça qua quarta qui quinta sex sexta"
    " lunedì martedì mercoledì gio giovedì venerdì sabato domenica"
    " ma maandag dinsdag wo woensdag donderdag vr vrijdag za zaterdag zo zondag"
    " mån måndag tis tisdag ons onsdag tors torsdag fre fredag lör lördag sön söndag"
    " man mandag tir tirsdag tor lør lørdag søn søndag"
    " ke to la su ti pon wt śr czw pt sob niedz".split()
)

SENT_FROM = (
    "sent from my",
    "sent from mail for",
    "sent from outlook",
    "sent from yahoo",
    "sent from proton",
    "sent via",
    "sent with",
    "get outlook for",
    "gesendet von",
    "von meinem",
    "diese nachricht wurde von meinem",
    "envoyé de mon",
    "envoyé depuis",
    "envoyé à partir de",
    "télécharger outlook pour",
    "obtenez outlook pour",
    "enviado desde",
    "enviado do meu",
    "enviado a partir",
    "enviado via",
    "obtener outlook para",
    "obtenha o outlook para",
    "inviato da",
    "scarica outlook per",
    "verzonden vanaf",
    "verstuurd vanaf",
    "download outlook voor",
    "outlook für",
    "skickat från",
    "sendt fra",
    "wysłane z",
    "lähetetty",
    "отправлено",
)
