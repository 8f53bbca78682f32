"""How the page of drafts looks, and the few lines of script that follow the files."""

import base64
import hashlib

from markupsafe import Markup

MORE_STYLE = Markup("""
:root[data-theme=light] { color-scheme: light; --text: #222; --soft: #5b5b5b; --back: #f6f6f6;
  --card: #fff; --line: #d9d9d9; --key: #14539a; --bad: #a3271e; --good: #1c6b35; }
:root[data-theme=dark] { color-scheme: dark; --text: #e8e8e8; --soft: #a9a9a9; --back: #1b1b1b;
  --card: #242424; --line: #444; --key: #7fb4ee; --bad: #f0958d; --good: #86cf9c; }
body { padding-top: 1rem; }
main { max-width: 86rem; }
form.choice { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
  gap: 0 1rem; align-items: end; margin: .75rem 0 0; }
form.choice button { margin: 0 0 .75rem; }
select, input { max-width: none; }
nav { display: flex; flex-wrap: wrap; gap: .375rem; margin: 1rem 0 0; }
nav a { padding: .3125rem .75rem; border: 1px solid var(--line); border-radius: 1rem;
  text-decoration: none; background: var(--card); }
nav a[aria-current] { background: var(--key); border-color: var(--key); color: var(--card); }
nav .out { text-decoration: line-through; }
nav .held::after { content: " held"; color: var(--bad); }
nav a[aria-current].held::after { color: inherit; }
nav.tabs a { border-radius: .375rem; }
.frames { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; margin: 1rem 0 0; }
figure { margin: 0; min-width: 0; }
figure.desktop { flex: 1 1 30rem; }
figure.phone { flex: 0 0 auto; width: min(402px, 100%); }
figcaption { color: var(--soft); font-size: .875rem; margin: 0 0 .25rem; }
iframe { display: block; width: 100%; height: 36rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--card); }
.phone iframe { height: 42rem; border-width: 6px; border-radius: 1.5rem; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .875rem/1.5 ui-monospace, monospace; }
.problem + .problem { margin-top: .75rem; }
.problem.error { border-left: 4px solid var(--bad); padding-left: .75rem; }
.problem.warning { border-left: 4px solid var(--line); padding-left: .75rem; }
table { width: 100%; border-collapse: collapse; }
td, th { padding: .375rem .75rem .375rem 0; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: normal; border-top: 0; }
tr[aria-current] td { font-weight: 600; }
.gone { position: fixed; inset: auto 0 0 0; padding: .5rem 1rem; text-align: center;
  background: var(--bad); color: var(--card); }
@media (max-width: 34rem) { figure.desktop { display: none; } }
""")
SCRIPT = Markup("""
"use strict";
const stamp = document.body.dataset.stamp;
const gone = document.querySelector(".gone");
for (const each of document.querySelectorAll("form.choice select"))
  each.addEventListener("change", () => each.form.requestSubmit());
async function look() {
  try {
    const answer = await fetch("stamp", { cache: "no-store" });
    const found = answer.ok ? (await answer.json()).stamp : stamp;
    gone.hidden = answer.ok;
    if (found !== stamp) { location.reload(); return; }
  } catch { gone.hidden = false; }
  setTimeout(look, 700);
}
setTimeout(look, 700);
""")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# The frames of mails inherit this: `unsafe-inline` is for the styles that stand in every mail, and
# what is loaded from elsewhere, runs or is sent is refused to them as it is to the page.
POLICY = (
    f"default-src 'none'; script-src 'sha256-{_digest(SCRIPT)}'; style-src 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-src 'none'; frame-ancestors 'none'"
)
