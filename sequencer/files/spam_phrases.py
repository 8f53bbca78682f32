"""Phrases that filters know from spam, by language: whole ones, since single words say nothing."""

from functools import cache

PHRASES = {
    "en": """
        100% free; act now; apply now; as seen on; be your own boss; buy now; call now; cash bonus;
        click here; click below; dear friend; do it today; don't delete; double your; earn money;
        extra cash; extra income; fast cash; for instant access; free access; free gift;
        free money; get it now; get paid; great offer; guaranteed results; increase sales;
        increase traffic; limited time; lowest price; make money; money back; no catch; no cost;
        no obligation; no strings attached; not spam; offer expires; once in a lifetime;
        order now; risk free; risk-free; satisfaction guaranteed; special promotion;
        this is not spam; urgent response; while supplies last; work from home; you have been
        selected; you're a winner
    """,
    "es": """
        100% gratis; actúe ahora; compre ahora; dinero extra; dinero fácil; dinero rápido;
        gane dinero; garantía de devolución; haga clic aquí; ingresos extra; llame ahora;
        oferta limitada; oferta por tiempo limitado; pulse aquí; querido amigo; sin compromiso
        alguno; sin riesgo; última oportunidad; últimas plazas; usted ha sido seleccionado
    """,
    "fr": """
        100 % gratuit; 100% gratuit; achetez maintenant; agissez maintenant; argent facile;
        cher ami; cliquez ici; dernière chance; gagnez de l'argent; offre limitée;
        revenu supplémentaire; sans aucun risque; satisfait ou remboursé; vous avez été sélectionné
    """,
    "de": """
        100 % kostenlos; 100% kostenlos; geld verdienen; geld zurück; hier klicken;
        jetzt bestellen; jetzt handeln; jetzt kaufen; klicken sie hier; letzte chance;
        lieber freund; nur heute; nur für kurze zeit; ohne risiko;
        schnelles geld; sie wurden ausgewählt; zeitlich begrenztes angebot
    """,
    "pt": """
        100% grátis; aja agora; clique aqui; compre agora; dinheiro extra; dinheiro fácil;
        ganhe dinheiro; oferta limitada; sem risco; última oportunidade; você foi selecionado
    """,
    "it": """
        100% gratis; acquista ora; agisci ora; clicca qui; denaro facile; guadagna soldi;
        offerta limitata; senza rischi; soddisfatti o rimborsati; ultima occasione
    """,
    "nl": """
        100% gratis; bestel nu; geld verdienen; klik hier; koop nu; laatste kans; niet goed geld
        terug; tijdelijk aanbod; zonder risico
    """,
}


@cache
def phrases() -> tuple[str, ...]:
    """All of them, in lower case."""
    every = (each for text in PHRASES.values() for each in " ".join(text.split()).split("; "))
    return tuple(dict.fromkeys(each.casefold() for each in every))
