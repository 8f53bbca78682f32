"""Names of months and weekdays in mails, en de fr es pt it nl. Data only, case-folded, no accents.

A dot behind an abbreviation is not part of it.
"""

_MONTHS = (
    "january jan januar janner janvier janv enero ene janeiro gennaio gen januari",
    "february feb februar februari fevrier fevr febrero fevereiro fev febbraio febr",
    "march mar marz mrz maerz mars marzo marco maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio mag maggio mei",
    "june jun juni juin junio junho giugno giu",
    "july jul juli juillet juil julio julho luglio lug",
    "august aug aout agosto ago augustus",
    "september sep sept septembre septiembre setiembre setembro set settembre sett",
    "october oct oktober okt octobre octubre outubro out ottobre ott",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dezembro dicembre",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

WEEKDAYS = frozenset(
    "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat"
    " sunday sun"
    " montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonnabend sonntag so"
    " lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim"
    " lunes martes mie miercoles jue jueves vie viernes sab sabado domingo dom"
    " segunda seg terca ter quarta qua quinta qui sexta sex feira"
    " lunedi martedi mercoledi giovedi gio venerdi sabato domenica"
    " maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo".split()
)
