"""The page of drafts: choose, see the mail in its frames, read what is wrong with it."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import HTMLResponse

from sequencer.engine.preview import StepPreview
from sequencer.engine.preview_list import Lack
from sequencer.engine.preview_mail import MailPreview
from sequencer.engine.preview_view import Page, View
from sequencer.files.problem import Problem
from sequencer.web.frame import NOTHING, STYLE, joined, rows, section
from sequencer.web.preview_frame import frame_of
from sequencer.web.preview_style import MORE_STYLE, POLICY, SCRIPT

TABS = {"mail": "Mail", "text": "Plain text", "headers": "Headers"}
THEMES = {"": "as this screen", "light": "light", "dark": "dark"}
MOST_PROBLEMS = 30  # that are shown; whoever has more begins with these
_PAGE = Markup(
    """<!doctype html>
<html lang="en"{theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<style>{more}</style>
</head>
<body data-stamp="{stamp}"><main>
{content}
</main>
<div class="gone" role="status" hidden>The preview has ended: start it again.</div>
<script>{script}</script>
</body>
</html>
"""
)
KINDS = {
    "email": "mail",
    "manual_email": "mail that a rep looks at first",
    "call": "call",
    "task": "task",
}


class Links:
    """Addresses of this page with other choices; the same words as a query has."""

    def __init__(self, view: View, theme: str, tab: str) -> None:
        ask = view.ask
        self.theme, self.tab = theme, tab
        self._known = {
            "cadence": ask.cadence,
            "step": ask.step,
            "person": ask.person,
            "variant": ask.variant,
            "language": ask.language,
            "mailbox": ask.mailbox,
            "find": ask.find,
            "page": str(ask.page) if ask.page > 1 else "",
            "theme": theme,
            "tab": tab if tab != "mail" else "",
        }

    def to(self, where: str = "", **other: str) -> str:
        """The address with these words instead."""
        words = {name: value for name, value in {**self._known, **other}.items() if value}
        return f"{where}?{urlencode(words)}"

    def hidden(self, *but: str) -> Markup:
        """The choices that a form does not show, as hidden fields."""
        field = Markup('<input type="hidden" name="{}" value="{}">')
        kept = {name: value for name, value in self._known.items() if value and name not in but}
        return joined(field.format(name, value) for name, value in kept.items())


def preview_page(view: View, theme: str, tab: str) -> HTMLResponse:
    """All of it; whatever is missing is told where it would stand."""
    theme = theme if theme in THEMES else ""
    tab = tab if tab in TABS else "mail"
    links = Links(view, theme, tab)
    parts = (_head, _steps, _problems_of, _step, _people)
    content = joined(part(view, links) for part in parts)
    html = _PAGE.format(
        theme=Markup(' data-theme="{}"').format(theme) if theme else NOTHING,
        title=f"{view.ask.step or 'preview'} of {view.ask.cadence}",
        style=STYLE,
        more=MORE_STYLE,
        stamp=view.stamp,
        content=content,
        script=SCRIPT,
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


def _head(view: View, links: Links) -> Markup:
    heading = Markup("<header><h1>{}</h1></header>").format(view.title or "Preview")
    if not view.cadences:
        return heading + Markup("<p>There is no cadence in config/cadences yet.</p>")
    known = _same((view.ask.cadence, *view.cadences))
    if view.is_gone:
        heading += Markup('<p class="bad">There is no cadence `{}` now: {}.</p>').format(
            view.ask.cadence, "its file is gone, or cannot be read"
        )
        known |= {view.ask.cadence: "choose another"}
    boxes = [
        _select("cadence", "Cadence", dict(sorted(known.items())), view.ask.cadence),
        _select("person", "Person", _persons(view), view.ask.person),
        _select("mailbox", "From", _same(view.mailboxes), view.ask.mailbox),
    ]
    if view.variants:
        every = {"": "the first", **_same(view.variants)}
        boxes.append(_select("variant", "Variant", every, view.ask.variant))
    if view.languages:
        every = {"": "their own", **_same(view.languages)}
        boxes.append(_select("language", "Language", every, view.ask.language))
    boxes.append(_select("theme", "Colours", THEMES, links.theme))
    shown = ("cadence", "person", "mailbox", "variant", "language", "theme")
    show = Markup('<noscript><button type="submit">Show</button></noscript>')
    return heading + Markup('<form class="choice" method="get">{}{}{}</form>').format(
        links.hidden(*shown), joined(boxes), show
    )


def _same(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _persons(view: View) -> dict[str, str]:
    known = list(view.invented)
    if view.sample is not None and view.sample not in known:
        known.insert(0, view.sample)
    return {each.prospect.email: each.title for each in known}


def _select(name: str, label: str, known: Mapping[str, str], chosen: str) -> Markup:
    if not known:
        return NOTHING
    option = Markup('<option value="{}"{}>{}</option>')
    options = joined(
        option.format(value, Markup(" selected") if value == chosen else NOTHING, words)
        for value, words in known.items()
    )
    return Markup('<label>{}<select name="{}">{}</select></label>').format(label, name, options)


def _problems_of(view: View, links: Links) -> Markup:
    del links
    shown = joined(_problem(each) for each in view.problems[:MOST_PROBLEMS])
    beyond = len(view.problems) - MOST_PROBLEMS
    more = (
        Markup("<p>{} more: see `sequencer check`.</p>").format(beyond) if beyond > 0 else NOTHING
    )
    return section("What check says", shown, more)


def _problem(problem: Problem) -> Markup:
    return Markup('<div class="problem {}"><pre>{}</pre></div>').format(
        problem.severity, problem.render()
    )


def _steps(view: View, links: Links) -> Markup:
    link = Markup('<a href="{}"{}{}>{}</a>')
    every = joined(
        link.format(
            links.to(step=each.id),
            Markup(' aria-current="page"') if each.id == view.ask.step else NOTHING,
            _mark(each),
            each.id,
        )
        for each in view.steps
    )
    return Markup('<nav aria-label="Steps">{}</nav>').format(every) if every else NOTHING


def _mark(step: StepPreview) -> Markup:
    """Steps that this person would not get, or not yet."""
    if step.left_out:
        return Markup(' class="out"')
    return Markup(' class="held"') if step.is_held else NOTHING


def _step(view: View, links: Links) -> Markup:
    step = view.step
    if step is None:
        return NOTHING
    facts = rows(_facts(step))
    if step.is_held:
        return section(f"{step.id}: {KINDS[step.kind]}", facts) + _held(
            step, told=bool(view.problems)
        )
    if step.mail is None:
        guide = Markup("<pre>{}</pre>").format(step.guide)
        return section(f"{step.id}: {KINDS[step.kind]}", facts) + section("The guide", guide)
    return section(f"{step.id}: {KINDS[step.kind]}", facts) + _mail(step.mail, links)


def _facts(step: StepPreview) -> list[tuple[str, str | Markup]]:
    facts: list[tuple[str, str | Markup]] = []
    if step.mail is not None:
        mail = step.mail
        thread = f"answers `{mail.answers}` in its thread" if mail.answers else "begins a thread"
        files = ", ".join(f"{each.name} ({each.size:,} bytes)" for each in mail.attachments)
        facts += [("Subject", mail.subject), ("Thread", thread), ("From", mail.sender)]
        facts += [("To", mail.recipient), ("Attached", files)]
    late = step.skip_after.replace("_", " ")
    return [
        *facts,
        ("When", f"{step.wait}, {step.hours}"),
        ("Only when", step.only_if),
        ("Left out", "for this person" if step.left_out else ""),
        ("Goes on with", step.goto),
        ("Skipped after", late),
        ("Waits for", f"somebody who looks at {step.follows_held}" if step.follows_held else ""),
        ("Variant", step.variant),
        ("Template", step.template),
    ]


def _held(step: StepPreview, *, told: bool) -> Markup:
    """Why; what check says of the file already is not said twice."""
    lacks = Markup('<p class="bad">There is no value for {}.</p>').format(", ".join(step.missing))
    asked = Markup("<p>A person would be asked, and nothing would leave.</p>")
    own = step.problems if step.missing or not told else ()
    why = joined(_problem(each) for each in own)
    return section("Held", lacks if step.missing else NOTHING, asked, why)


def _mail(mail: MailPreview, links: Links) -> Markup:
    link = Markup('<a href="{}"{}>{}</a>')
    here = Markup(' aria-current="page"')
    tabs = [
        link.format(links.to(tab=name), here if name == links.tab else NOTHING, words)
        for name, words in TABS.items()
    ]
    tabs.append(link.format(links.to("mail.eml"), NOTHING, "Source (.eml)"))
    nav = Markup('<nav class="tabs" aria-label="Forms">{}</nav>').format(joined(tabs))
    return nav + _form(mail, links)


def _form(mail: MailPreview, links: Links) -> Markup:
    if links.tab == "text":
        return Markup("<section><pre>{}</pre></section>").format(mail.text)
    if links.tab == "headers":
        return Markup("<section>{}</section>").format(rows(mail.headers))
    wide = frame_of(mail, links.theme, "desktop", "desktop")
    narrow = frame_of(mail, links.theme, "phone, 390 pixels", "phone")
    return Markup('<div class="frames">{}{}</div>').format(wide, narrow)


def _people(view: View, links: Links) -> Markup:
    page = view.people
    if not page.found and not view.ask.find:
        return NOTHING
    find = Markup(
        '<form method="get">{}'
        '<label>Find<input name="find" value="{}" maxlength="100"></label></form>'
    ).format(links.hidden("find", "page"), view.ask.find)
    told = f"{page.found:,} people"
    if page.refused:
        told += f", {page.refused:,} rows refused: `sequencer import` says why"
    return section(
        "People", find, Markup("<p>{}</p>").format(told), _table(view, links), _pages(page, links)
    )


def _table(view: View, links: Links) -> Markup:
    row = Markup('<tr{}><td><a href="{}">{}</a></td><td>{}</td><td class="{}">{}</td></tr>')
    here = Markup(' aria-current="true"')
    found = joined(
        row.format(
            here if each.prospect.email == view.ask.person else NOTHING,
            links.to(person=each.prospect.email),
            each.prospect.email,
            each.title,
            "bad" if held else "soft",
            _lack_words(held),
        )
        for each, held in zip(view.people.samples, view.people.held, strict=True)
    )
    return Markup("<table>{}</table>").format(found) if found else Markup("<p>Nobody.</p>")


def _lack_words(lack: Lack) -> str:
    """Why somebody would be held; empty where nothing would be."""
    if not lack:
        return ""
    return f"held: no {', '.join(lack.values)}" if lack.values else f"held: {lack.others[0]}"


def _pages(page: Page, links: Links) -> Markup:
    if page.last == 1:
        return NOTHING
    link = Markup('<a href="{}">{}</a>')
    before = link.format(links.to(page=str(page.number - 1)), "Before")
    after = link.format(links.to(page=str(page.number + 1)), "Next")
    return Markup('<p class="pages">{}<span>{}</span>{}</p>').format(
        before if page.number > 1 else NOTHING,
        f"page {page.number} of {page.last}",
        after if page.number < page.last else NOTHING,
    )
