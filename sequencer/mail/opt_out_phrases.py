"""How people ask in a reply for no more mail, in whole phrases. Data only.

They hold wherever they stand in the person's own words, at the borders of words. Case-folded, no
accents, plain apostrophes; ` | ` parts them.
"""

_PHRASES = {
    "en": (
        "unsubscribe me | unsubscribe us | please unsubscribe | kindly unsubscribe | "
        "want to unsubscribe | like to unsubscribe | wish to unsubscribe | remove me | "
        "remove us | remove my name | remove my email | remove my e-mail | remove my address | "
        "remove my contact | remove my details | remove my data | remove my information | "
        "remove our email | remove our address | remove this email | remove this e-mail | "
        "remove this address | remove from your list | want to be removed | like to be removed | "
        "wish to be removed | ask to be removed | remove from list | remove from your mailing | "
        "take me off | take us off | take my name off | opt me out | opt us out | i opt out | "
        "i want to opt out | i would like to opt out | i'd like to opt out | i wish to opt out | "
        "please opt out | stop emailing | stop e-mailing | stop mailing | stop messaging | "
        "stop contacting | stop writing me | stop writing to me | stop sending me | "
        "stop sending us | stop sending these | stop sending this | stop sending emails | "
        "stop spamming | stop these emails | stop the emails | stop bothering | stop harassing | "
        "do not contact me | do not contact us | don't contact me | don't contact us | "
        "dont contact me | do not email me | do not e-mail me | don't email me | dont email me | "
        "do not mail me | do not write to me again | don't write to me again | "
        "do not send me any | don't send me any | do not send any more | don't send any more | "
        "never contact me | never email me | no more emails | no more e-mails | no more mails | "
        "no further emails | no further contact | no longer wish to receive | "
        "no longer want to receive | do not wish to receive | don't want to receive | "
        "do not want to receive | delete my data | delete my details | delete my email | "
        "delete my address | delete my information | delete me from | cease and desist | "
        "leave me alone | never signed up | did not sign up | didn't sign up | this is spam | "
        "reported as spam | reporting this as spam | reporting you as spam | marked as spam | "
        "gdpr request"
    ),
    "es": (
        "darme de baja | darnos de baja | dadme de baja | denme de baja | deme de baja | "
        "dame de baja | damos de baja | solicito la baja | solicitamos la baja | "
        "elimine mis datos | eliminen mis datos | eliminar mis datos | borre mis datos | "
        "borren mis datos | borrar mis datos | supresion de mis datos | eliminarme de | "
        "eliminenme de | eliminadme de | no me escriba | no me escriban | no me escribas | "
        "no me contacte | no me contacten | no me contactes | no me envie | no me envien | "
        "no me envies | no me mande | no me manden | no nos contacten | no vuelva a escribir | "
        "no vuelvan a escribir | no vuelva a contactar | no vuelvan a contactar | "
        "dejen de enviar | deje de enviar | dejar de enviar | deja de enviar | "
        "dejen de escribir | deje de escribir | dejen de mandar | dejen de molestar | "
        "quitenme de | quiteme de | quitame de | saquenme de | no deseo recibir | "
        "no deseamos recibir | no quiero recibir | no queremos recibir | no mas correos"
    ),
    "fr": (
        "me desabonner | nous desabonner | me desinscrire | nous desinscrire | desabonnez-moi | "
        "desabonnez moi | desinscrivez-moi | desinscrivez moi | veuillez me desinscrire | "
        "retirez-moi | retirez moi | me retirer de | nous retirer de | retirer mon adresse | "
        "retirer mon mail | retirez mon adresse | enlevez-moi | enlevez moi | supprimez-moi | "
        "supprimer mes donnees | supprimez mes donnees | supprimer mon adresse | "
        "supprimez mon adresse | supprimer mes coordonnees | supprimez mes coordonnees | "
        "ne plus me contacter | ne plus nous contacter | ne me contactez plus | "
        "ne nous contactez plus | ne plus m'ecrire | ne m'ecrivez plus | ne plus m'envoyer | "
        "ne m'envoyez plus | ne plus nous envoyer | ne plus me solliciter | "
        "ne plus etre contacte | ne plus etre sollicite | ne plus recevoir | "
        "ne souhaite plus recevoir | arretez de m'ecrire | arretez de m'envoyer | "
        "arretez de me contacter | arreter de m'envoyer | cessez de m'envoyer | "
        "cessez de m'ecrire | plus de mails | je m'oppose"
    ),
    "de": (
        "bitte abmelden | mich abmelden | uns abmelden | melden sie mich ab | melde mich ab | "
        "bitte austragen | mich austragen | tragen sie mich aus | trag mich aus | "
        "aus dem verteiler | aus ihrem verteiler | aus eurem verteiler | aus deinem verteiler | "
        "aus ihrer liste | vom verteiler | keine weiteren e-mails | keine weiteren emails | "
        "keine weiteren mails | keine weiteren nachrichten | keine weiteren anfragen | "
        "keine weitere werbung | keine weitere kontaktaufnahme | keine e-mails mehr | "
        "keine emails mehr | keine mails mehr | keine werbung mehr | keine nachrichten mehr | "
        "nicht mehr kontaktieren | nicht weiter kontaktieren | nicht mehr anschreiben | "
        "nicht mehr schreiben | nicht mehr zu kontaktieren | nicht mehr anzuschreiben | "
        "kontaktieren sie mich nicht | schreiben sie mir nicht mehr | "
        "schreiben sie mich nicht mehr an | von weiteren mails | von weiteren e-mails | "
        "von weiteren anfragen | von weiteren nachrichten | unterlassen sie | ich widerspreche | "
        "wir widersprechen | loschen sie meine | losche meine daten | loschung meiner daten | "
        "meine daten loschen | meine daten zu loschen | unverlangte werbung | "
        "unerwunschte werbung | unaufgeforderte werbung | abmahnung"
    ),
    "pt": (
        "descadastrar | descadastre | descadastrem | me remova | me removam | remova-me | "
        "removam-me | remover-me | remova meu | remova o meu | remover meu | remover o meu | "
        "remover da lista | remova da lista | me tire da | me tirem da | me retire da | "
        "me retirem da | retirem-me | retire-me | cancelar inscricao | cancelar a inscricao | "
        "cancelar a minha inscricao | cancelar minha inscricao | cancelar subscricao | "
        "cancelar a subscricao | cancelar a minha subscricao | pare de enviar | parem de enviar | "
        "parar de enviar | parem de me enviar | pare de me enviar | deixem de enviar | "
        "deixe de enviar | parem de me contactar | parem de me contatar | nao me contacte | "
        "nao me contactem | nao me contate | nao me contatem | nao me envie | nao me enviem | "
        "nao me escreva | nao me escrevam | nao me mande | nao me mandem | nao quero receber | "
        "nao queremos receber | nao desejo receber | nao desejo mais receber | "
        "nao quero mais receber | apagar os meus dados | apagar meus dados | "
        "apaguem os meus dados | apaguem meus dados | excluir meus dados | excluam meus dados | "
        "eliminar os meus dados | eliminem os meus dados"
    ),
    "it": (
        "cancellami | cancellatemi | mi cancelli | cancellarmi | disiscrivimi | disiscrivetemi | "
        "disiscrivermi | mi disiscriva | disiscrivere | rimuovimi | rimuovetemi | rimuovermi | "
        "mi rimuova | rimuovere il mio | rimuovere la mia | rimuovete il mio | toglietemi da | "
        "togliermi da | non scrivetemi | non scrivermi | non mi scriva | non mi scrivete | "
        "non contattatemi | non contattarmi | non mi contatti | non mi contattate | "
        "non inviatemi | non inviarmi | non mi mandate | non mandatemi | smettete di | "
        "smettetela di | la smetta di | smetti di scrivermi | basta mail | basta email | "
        "basta e-mail | cancellate i miei dati | cancellare i miei dati | cancelli i miei dati | "
        "cancellazione dei miei dati | mi oppongo | non desidero ricevere | "
        "non desidero piu ricevere | non voglio ricevere | non voglio piu ricevere"
    ),
    "nl": (
        "mij afmelden | me afmelden | ons afmelden | graag afmelden | meld mij af | meld me af | "
        "mij uitschrijven | me uitschrijven | graag uitschrijven | schrijf mij uit | "
        "schrijf me uit | verwijder mij | verwijder me | verwijder mijn | verwijder ons | "
        "mijn gegevens te verwijderen | mijn gegevens verwijderen | haal mij van | haal me van | "
        "haal mij uit | haal me uit | van uw mailinglijst | niet meer mailen | "
        "niet meer te mailen | niet meer contacteren | niet meer benaderen | "
        "niet meer te benaderen | mail mij niet meer | mail me niet meer | stop met mailen | "
        "stop met het sturen | geen mails meer | geen mail meer | geen e-mails meer | "
        "ongewenste mail | ongewenste reclame"
    ),
    "sv": (
        "avregistrera mig | avprenumerera mig | ta bort mig | sluta mejla | sluta maila | "
        "sluta skicka | kontakta mig inte | inga fler mejl | inga fler mail | vill inte ha fler"
    ),
    "pl": (
        "prosze mnie wypisac | prosze o wypisanie | prosze o usuniecie | prosze usunac | "
        "wypisz mnie | wypiszcie mnie | usuncie moj | usun moj | nie zycze sobie | "
        "prosze nie wysylac | prosze do mnie nie pisac | rezygnuje z subskrypcji"
    ),
    "ja": (
        "配信停止 | 配信を停止 | メールを停止 | 今後のメールは不要 | メールは不要です"
        " | 送らないで | 退会したい | 登録解除 | リストから削除"
    ),
}

STRONG = {language: tuple(phrases.split(" | ")) for language, phrases in _PHRASES.items()}
