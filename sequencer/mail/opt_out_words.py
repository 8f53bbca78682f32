"""Single words and short forms that matter when people ask for no more mail. Data only.

Case-folded, no accents, plain apostrophes; ` | ` parts the forms.
"""

_SHORT = {  # replies that say next to nothing else
    "en": (
        "unsubscribe | unsubscribed | unsub | stop | stop it | stop this | stop please"
        " | please stop | remove | remove please | please remove | opt out | opt-out | optout"
        " | spam | delete | quit | no more | end"
    ),
    "es": "baja | la baja | borrar | cancelar suscripcion | darse de baja",
    "fr": (
        "desinscription | desabonnement | desabonner | desinscrire | desabonnez | arretez"
        " | supprimer | supprimez"
    ),
    "de": "abmelden | abmeldung | austragen | abbestellen | stopp | loschen | entfernen",
    "pt": "descadastro | remover | sair | cancelar | parar | pare | parem",
    "it": "disiscrizione | cancellazione | cancella | rimuovere | rimuovi | basta",
    "nl": "afmelden | uitschrijven | verwijderen | verwijder",
    "sv": "avregistrera | avprenumerera | avanmal | sluta",
    "pl": "wypisz | rezygnuje | usun",
    "ja": "停止 | 解除 | 不要 | 配信停止",
}
SHORT = {language: frozenset(forms.split(" | ")) for language, forms in _SHORT.items()}

# In a reply of a dozen words these alone are enough.
TELLING = frozenset(
    "unsubscribe unsub abmelden austragen abbestellen desinscription desabonnement desabonner"
    " desinscrire descadastrar descadastro disiscrizione disiscrivere afmelden uitschrijven"
    " avregistrera avprenumerera".split()
)

NEGATIONS = frozenset(
    "not don't dont didn't doesn't won't never no nicht kein keine ne pas nunca nao non mai niet"
    " geen inte nie".split()
)
PASSED = frozenset(  # words that may stand between a negation and what it negates
    "please to want wanted need wish mean yet just ever have ask you me us do bitte mich sie uns"
    " du nous vous por favor se le te lo quiero queremos vi mi ti graag mij ons".split()
)

CONDITIONS = (  # how the small print below a mail begins that tells others how to leave a list
    "if you",
    "should you",
    "wenn sie",
    "falls sie",
    "sollten sie",
    "si vous",
    "si usted",
    "si no desea",
    "si ya no",
    "se non",
    "se nao",
    "se voce",
    "als u",
    "indien u",
    "wilt u",
)

POLITE = frozenset(
    "please pls thanks thank you kindly hi hello hey bitte danke gracias hola s'il vous plait merci"
    " bonjour por favor obrigado obrigada ola per favore grazie ciao alstublieft bedankt graag tack"
    " prosze dziekuje me".split()
)
