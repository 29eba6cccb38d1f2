"""The one HTML allow list of the product (C1).

Everything a person, a model or an imported package wrote passes through :func:`clean_html`
before it is stored as HTML. The list is deliberately small: no ``style``, no ``svg``, no forms,
no frames, no event handlers; classes and ids only from the patterns our own pipeline emits, so
that foreign text can neither borrow the look of the interface nor clobber ids of the page.
"""

import re
from typing import Final

import nh3


def _names(line: str) -> frozenset[str]:
    return frozenset(line.split())


_PROSE: Final = _names(
    "a abbr b blockquote br code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img"
    " ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub sup table tbody"
    " td tfoot th thead tr u ul var"
)
# Presentation MathML only. No `annotation-xml`, `semantics`, `maction` or `mglyph`: the first two
# are how a parser is led from MathML back into HTML (mutation XSS), the others run or load things.
_MATH: Final = _names(
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms"
    " mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_MATH_ATTRIBUTES: Final = _names(
    "accent accentunder columnalign columnlines columnspacing columnspan depth display"
    " displaystyle fence form height largeop linethickness lspace mathvariant maxsize minsize"
    " movablelimits notation rowspacing rowspan rspace scriptlevel separator stretchy symmetric"
    " voffset width"
)
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {"class", "dir", "lang"},
    "a": {"href", "id", "title"},
    "abbr": {"title"},
    "div": {"id", "tabindex"},
    "img": {"alt", "height", "src", "title", "width"},
    "li": {"id", "value"},
    "math": {"alttext"},
    "ol": {"id", "reversed", "start", "type"},
    "pre": {"id", "tabindex"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    **{tag: {"id"} for tag in ("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul")},
    **{tag: set(_MATH_ATTRIBUTES) for tag in _MATH if tag != "math"},
}
_ATTRIBUTES["math"] |= _MATH_ATTRIBUTES

LINK_SCHEMES: Final = frozenset({"http", "https", "mailto"})
LINK_REL: Final = "noopener nofollow ugc"

# `tok-…` are Pygments' short names; everything else is written by markdown.py.
_CLASS: Final = re.compile(
    r"(?:tok-[a-z0-9]{1,3}|language-[a-z0-9+#_-]{1,30}|align-(?:start|center|end)|code|math|"
    r"math-(?:block|inline|error)|table-scroll|task|task-done|tasks|remote-image|"
    r"footnote-(?:ref|item|backref)|footnotes(?:-list)?)"
)
# `h-` headings, `b-` blocks, `fn-`/`fnref-` footnotes: no bare name can shadow a page's own ids.
_ID: Final = re.compile(r"(?:h|b|fn|fnref)-[\w.-]{1,120}")
# A path on this host: neither `//host`, `/\host` nor anything with a scheme.
_LOCAL_PATH: Final = re.compile(r"(?!/[/\\])[\w/.~%-][^\s:\\]*", re.ASCII)


def is_local_path(url: str) -> bool:
    """Tell whether ``url`` is a path on this host (C8: remote images are never loaded)."""
    return _LOCAL_PATH.fullmatch(url) is not None


def _filter(_tag: str, name: str, value: str) -> str | None:
    """Return the attribute's clean value, or ``None`` to drop it; called by nh3 per attribute."""
    if name == "class":
        return " ".join(part for part in value.split() if _CLASS.fullmatch(part)) or None
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name == "src":
        return value if is_local_path(value) else None
    if name == "tabindex":
        return value if value == "0" else None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags=set(_PROSE | _MATH),
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_filter,
    link_rel=LINK_REL,
    url_schemes=set(LINK_SCHEMES),
)


def clean_html(html: str) -> str:
    """Return ``html`` reduced to the allow list; idempotent, never raises on markup."""
    return _CLEANER.clean(html)
