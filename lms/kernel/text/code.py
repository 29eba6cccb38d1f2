"""Fenced code to spans with Pygments' classes; ``static/css/code.css`` gives them colours."""

import html
from typing import Final

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Highlighting is a courtesy: beyond this the code is shown plain, so that one lesson cannot
# hold a process for seconds in a lexer's regular expressions.
MAX_HIGHLIGHTED: Final = 20_000

# Aliases of Pygments that people write in lessons. A list of our own keeps the five hundred
# others, some of which are slow on hostile input, out of the request.
_ALIASES: Final = (
    "bash c c# c++ clojure cpp cs csharp css dart diff docker dockerfile elixir erlang fsharp go"
    " golang graphql haskell hs html http ini java javascript js json jsx julia kotlin latex lua"
    " make makefile markdown matlab md nginx ocaml octave perl php postgres powershell prolog"
    " pycon py python r rb rs ruby rust scala scheme sh shell sql swift tex toml ts tsx typescript"
    " vb xml yaml yml zig"
)
LANGUAGES: Final = frozenset(_ALIASES.split())
_FORMATTER: Final = HtmlFormatter(nowrap=True, classprefix="tok-")


def render_code(source: str, language: str) -> str:
    """Return a scrollable ``<pre>`` for ``source``; unknown languages are shown plain."""
    name = language.strip().lower()
    body = _highlight(source, name)
    known = f' class="language-{html.escape(name)}"' if name in LANGUAGES else ""
    # tabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    return f'<pre class="code" tabindex="0"><code{known}>{body}</code></pre>\n'


def _highlight(source: str, name: str) -> str:
    if name not in LANGUAGES or len(source) > MAX_HIGHLIGHTED:
        return html.escape(source, quote=False)
    try:
        lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:  # an alias that this release of Pygments dropped
        return html.escape(source, quote=False)
    return highlight(source, lexer, _FORMATTER)
