"""Markdown to clean HTML: the only renderer of text that people, models or imports wrote (C1).

CommonMark with tables, strikethrough, bare links, footnotes, task lists, `$…$` math as MathML and
highlighted code. Raw HTML in the source is shown as text. Headings start at ``h2`` and never skip
a level, because the page owns ``h1``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from lms.kernel.text.code import render_code
from lms.kernel.text.math import render_math
from lms.kernel.text.sanitize import LINK_SCHEMES, clean_html, is_local_path

PIPELINE_VERSION: Final = "1"  # stored beside the HTML; another value means render again
MAX_SOURCE: Final = 200_000  # characters; services refuse more, the renderer cuts
ATTACHMENT_PREFIX: Final = "/attachments/"

_NAMESPACE: Final = re.compile(r"[A-Za-z0-9_-]{0,40}")
_ATTACHMENT: Final = re.compile(r"attachment:([1-9A-HJ-NP-Za-km-z]{22})")
_NOT_A_WORD: Final = re.compile(r"[^\w]+")
_ADDRESS: Final = re.compile(r"\bhttps?://[^\s<>\"`]{1,2000}", re.IGNORECASE)
_TRAILING: Final = ".,;:!?'*_)]}"
_ALIGN: Final = {"left": "align-start", "center": "align-center", "right": "align-end"}


class Profile(StrEnum):
    """How much of the language a text may use."""

    DOCUMENT = "document"
    MESSAGE = "message"  # chat, comments: no headings, images, footnotes; a newline is a break


def render_markdown(
    source: str, *, profile: Profile = Profile.DOCUMENT, namespace: str = ""
) -> SafeString:
    """Render Markdown ``source`` to HTML that is safe to place in a page.

    ``namespace`` (letters, digits, ``_-``) keeps generated ids apart when several texts share a
    page. Never raises on any text; source beyond ``MAX_SOURCE`` characters is cut.
    """
    return render_tokens(parse(source, profile=profile), profile=profile, namespace=namespace)


def parse(source: str, *, profile: Profile = Profile.DOCUMENT) -> list[Token]:
    """Parse ``source`` into markdown-it tokens after cutting it to ``MAX_SOURCE``."""
    return _parser(profile).parse(source[:MAX_SOURCE])


def render_tokens(
    tokens: Sequence[Token], *, profile: Profile = Profile.DOCUMENT, namespace: str = ""
) -> SafeString:
    """Render parsed ``tokens``; see :func:`render_markdown`."""
    prefix = namespace if _NAMESPACE.fullmatch(namespace) else ""
    _identify_headings(tokens, prefix)
    parser = _parser(profile)
    env = {"docId": prefix} if prefix else {}
    return mark_safe(clean_html(parser.renderer.render(tokens, parser.options, env)))


def as_heading_level(tag: str) -> int:
    """Return 1-6 for a token's tag ``h1``-``h6``."""
    return int(tag[1])


@cache
def _parser(profile: Profile) -> MarkdownIt:
    message = profile is Profile.MESSAGE
    options = {"html": False, "breaks": message}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
    )
    if message:
        parser.disable(["heading", "lheading", "reference", "hr"])
    else:
        parser.use(footnote_plugin).use(tasklists_plugin)
        parser.core.ruler.push("levels", _level_headings)
        parser.core.ruler.push("tasks", _spell_tasks)
    parser.core.ruler.push("addresses", _link_addresses)
    parser.core.ruler.push("alignment", _align_cells)
    # The library's type leaves out that a parser can be told which links it may write.
    parser.validateLink = _may_link  # type: ignore[method-assign]
    for name, rule in _RENDER_RULES.items():
        parser.add_render_rule(name, rule)
    if message:
        parser.add_render_rule("image", _image_as_link)
    return parser


def _may_link(url: str) -> bool:
    if _ATTACHMENT.fullmatch(url):
        return True
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:  # "http://[" and its kin
        return False
    return not scheme or scheme in LINK_SCHEMES


def _resolve(url: str) -> str:
    """Turn ``attachment:<public id>`` into the path that checks access before it serves (U3)."""
    match = _ATTACHMENT.fullmatch(url)
    return f"{ATTACHMENT_PREFIX}{match[1]}/" if match else url


# Core rules: they change the token stream before it is rendered.


def _level_headings(state: StateCore) -> None:
    """Shift headings below the page's ``h1`` and close gaps, so that outlines stay navigable."""
    last = 1
    for token in state.tokens:
        if token.type == "heading_open":
            last = min(as_heading_level(token.tag) + 1, last + 1, 6)
            token.tag = f"h{last}"
        elif token.type == "heading_close":
            token.tag = f"h{last}"


def _spell_tasks(state: StateCore) -> None:
    """Write task marks as characters: a disabled checkbox without a label helps no reader."""
    for token in state.tokens:
        if token.type == "list_item_open" and "task-list-item" in str(token.attrGet("class")):
            token.attrSet("class", "task")
        elif token.type in _LISTS and "contains-task-list" in str(token.attrGet("class")):
            token.attrSet("class", "tasks")
        for child in token.children or ():
            if child.type == "html_inline" and "task-list-item-checkbox" in child.content:
                done = "checked" in child.content
                child.type, child.content = "text", "☑" if done else "☐"


_LISTS: Final = frozenset({"bullet_list_open", "ordered_list_open"})


def _link_addresses(state: StateCore) -> None:
    """Link bare `https://…` addresses in one pass.

    linkify-it is quadratic in the number of addresses: 160 kB of them took over a minute.
    """
    for token in state.tokens:
        if token.type == "inline" and token.children and "://" in token.content:
            token.children = list(_with_links(token.children))


def _with_links(children: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type == "text" and not inside:
            yield from _linked(child)
        else:
            yield child


def _linked(token: Token) -> Iterator[Token]:
    position = 0
    for match in _ADDRESS.finditer(token.content):
        address = match[0].rstrip(_TRAILING)
        if not _may_link(address):
            continue
        yield _text(token.content[position : match.start()], token.level)
        yield Token("link_open", "a", 1, {"href": normalizeLink(address)}, level=token.level)
        yield _text(address, token.level + 1)
        yield Token("link_close", "a", -1, level=token.level)
        position = match.start() + len(address)
    yield _text(token.content[position:], token.level)


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _align_cells(state: StateCore) -> None:
    """Replace the inline ``text-align`` of table cells by a class; the policy forbids styles."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"}:
            style = str(token.attrs.pop("style", ""))
            name = _ALIGN.get(style.removeprefix("text-align:"))
            if name:
                token.attrSet("class", name)
            if token.type == "th_open":
                token.attrSet("scope", "col")


def _identify_headings(tokens: Sequence[Token], prefix: str) -> None:
    used: dict[str, int] = {}
    for opening, inline in _headings(tokens):
        slug = _slug(inline.content)
        used[slug] = used.get(slug, 0) + 1
        count = f"-{used[slug]}" if used[slug] > 1 else ""
        opening.attrSet("id", "-".join(part for part in ("h", prefix, slug) if part) + count)


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            yield token, tokens[index + 1]


def _slug(title: str) -> str:
    folded = unicodedata.normalize("NFKC", title).casefold()
    return _NOT_A_WORD.sub("-", folded).strip("-")[:60] or "section"


# Render rules: (renderer, tokens, index, options, env) -> HTML of one token.

_Rule = Callable[[RendererHTML, Sequence[Token], int, Any, Any], str]


def _fence(_self: RendererHTML, tokens: Sequence[Token], index: int, _o: Any, _e: Any) -> str:
    words = tokens[index].info.split()
    block = render_code(tokens[index].content, words[0] if words else "")
    identifier = tokens[index].attrGet("id")
    return block.replace("<pre", f'<pre id="{identifier}"', 1) if identifier else block


def _math(_self: RendererHTML, tokens: Sequence[Token], index: int, _o: Any, _e: Any) -> str:
    if tokens[index].type != "math_block":  # `$$…$$` within a line stays in it, as a whole formula
        display = tokens[index].type == "math_inline_double"
        return render_math(tokens[index].content, display=display)
    identifier = tokens[index].attrGet("id")
    attribute = f' id="{identifier}"' if identifier else ""
    body = render_math(tokens[index].content, display=True)
    return f'<div class="math-block" tabindex="0"{attribute}>{body}</div>\n'


def _link(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    tokens[index].attrSet("href", _resolve(str(tokens[index].attrGet("href"))))
    return self.renderToken(tokens, index, options, env)


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Show images of this host only.

    Remote ones become links, so that reading a lesson tells no third party who reads it (C8).
    """
    token = tokens[index]
    source = _resolve(str(token.attrGet("src")))
    if is_local_path(source):
        token.attrSet("src", source)
        return self.image(tokens, index, options, env)
    return _image_as_link(self, tokens, index, options, env)


def _image_as_link(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    source = escapeHtml(_resolve(str(tokens[index].attrGet("src"))))
    label = escapeHtml(self.renderInlineAsText(tokens[index].children, options, env)) or source
    return f'<a class="remote-image" href="{source}">{label}</a>'


def _table_open(_s: RendererHTML, tokens: Sequence[Token], index: int, _o: Any, _e: Any) -> str:
    # Wide tables scroll in a box of their own, reachable by keyboard, so that no page does.
    identifier = tokens[index].attrGet("id")
    attribute = f' id="{identifier}"' if identifier else ""
    return f'<div class="table-scroll" tabindex="0"{attribute}><table>\n'


def _table_close(_self: RendererHTML, _t: Sequence[Token], _i: int, _o: Any, _e: Any) -> str:
    return "</table></div>\n"


def _footnote_ref(_s: RendererHTML, tokens: Sequence[Token], index: int, _o: Any, env: Any) -> str:
    number, name = _footnote(tokens[index], env)
    again = tokens[index].meta.get("subId", 0)
    suffix = f".{again}" if again else ""
    return (
        f'<sup class="footnote-ref"><a href="#fn-{name}" id="fnref-{name}{suffix}">'
        f"[{number}]</a></sup>"
    )


def _footnote_open(_s: RendererHTML, tokens: Sequence[Token], index: int, _o: Any, env: Any) -> str:
    return f'<li id="fn-{_footnote(tokens[index], env)[1]}" class="footnote-item">'


def _footnote_anchor(
    _s: RendererHTML, tokens: Sequence[Token], index: int, _o: Any, env: Any
) -> str:
    number, name = _footnote(tokens[index], env)
    again = tokens[index].meta.get("subId", 0)
    suffix = f".{again}" if again else ""
    return f' <a href="#fnref-{name}{suffix}" class="footnote-backref">↩{number}</a>'


def _footnote(token: Token, env: Any) -> tuple[int, str]:
    number = int(token.meta["id"]) + 1
    prefix = env.get("docId", "")
    return number, f"{prefix}-{number}" if prefix else str(number)


def _footnotes_open(_s: RendererHTML, _t: Sequence[Token], _i: int, _o: Any, _e: Any) -> str:
    return '<section class="footnotes"><ol class="footnotes-list">\n'


_RENDER_RULES: Final[dict[str, _Rule]] = {
    "fence": _fence,
    "code_block": _fence,
    "math_inline": _math,
    "math_inline_double": _math,
    "math_block": _math,
    "link_open": _link,
    "image": _image,
    "table_open": _table_open,
    "table_close": _table_close,
    "footnote_ref": _footnote_ref,
    "footnote_open": _footnote_open,
    "footnote_anchor": _footnote_anchor,
    "footnote_block_open": _footnotes_open,
}
