"""A web page as Markdown: what a reader sees of its main part."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from ai.gateway.documents.shape import Extracted, escaped, finished, heading, table
from ai.gateway.text import strip_invisible


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SKIPPED = _tags(
    "script style noscript template svg canvas nav header footer aside form button select "
    "textarea iframe object dialog menu"
)
_VOID = _tags("area base br col embed hr img input link meta param source track wbr")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKING = _tags(
    "p div section article main ul ol li table tr blockquote pre figure figcaption dl dt dd "
    "address details summary body"
)
# What a start tag ends by itself, and which elements shield what is outside of them.
_IMPLIED = {
    "td": (_tags("td th"), _tags("tr table")),
    "th": (_tags("td th"), _tags("tr table")),
    "tr": (_tags("tr"), _tags("table")),
    "li": (_tags("li"), _tags("ul ol")),
}
_MAIN = frozenset({"main", "article"})
_LOST = "Pictures, links and everything outside the main text of the page."
MAX_DEPTH = 400


@dataclass(slots=True)
class _Block:
    text: str
    main: bool


@dataclass(slots=True)
class _State:
    blocks: list[_Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open_tags: list[tuple[str, bool]] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    rows: list[list[str]] | None = None
    title: str = ""


class _Reader(HTMLParser):
    """Collects blocks as their elements end; hidden elements are passed over with their content."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.state = _State()
        self._skip_from = -1

    @property
    def _skipping(self) -> bool:
        return self._skip_from >= 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            if tag in {"br", "hr"} and not self._skipping:
                self.state.words.append("\n" if self._inside("pre") else " ")
            return
        if len(self.state.open_tags) >= MAX_DEPTH:
            return
        if tag in _IMPLIED and not self._skipping:
            self._end_before(tag)
        self.state.open_tags.append((tag, tag in _MAIN))
        if self._skipping:
            return
        if tag in _SKIPPED or _hidden(dict(attrs)):
            self._skip_from = len(self.state.open_tags)
            return
        if tag in _BREAKING or tag in _HEADINGS:
            self._flush("p")
        self._open(tag)

    def _end_before(self, tag: str) -> None:
        """End what a cell, row or item ends without saying so, inside its own table or list."""
        ended, fence = _IMPLIED[tag]
        for name, _main in reversed(self.state.open_tags):
            if name in fence:
                return
            if name in ended:
                self.handle_endtag(name)
                return

    def _open(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self.state.lists.append(tag)
        elif tag == "table":
            self.state.rows = []
        elif tag == "tr" and self.state.rows is not None:
            self.state.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _main in self.state.open_tags]
        if tag not in names:
            return
        at = len(names) - 1 - names[::-1].index(tag)
        if self._skipping:
            if at + 1 <= self._skip_from:
                self._skip_from = -1
                del self.state.open_tags[at:]
            else:
                del self.state.open_tags[at:]
            return
        for name in reversed(names[at + 1 :]):
            if name in {"td", "th"}:
                self._close(name)
        self._close(tag)
        del self.state.open_tags[at:]

    def _close(self, tag: str) -> None:
        if tag in {"td", "th"} and self.state.rows:
            self.state.rows[-1].append(self._taken())
        elif tag == "table" and self.state.rows is not None:
            self._add(table(self.state.rows))
            self.state.rows = None
        elif tag == "title":
            self.state.title = self.state.title or self._taken()
        elif tag in _BREAKING or tag in _HEADINGS:
            self._flush(tag)
        if tag in {"ul", "ol"} and self.state.lists:
            self.state.lists.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.state.words.append(data)

    def _taken(self) -> str:
        text = "".join(self.state.words)
        self.state.words.clear()
        return text

    def _flush(self, tag: str) -> None:
        """The words so far as a block of the element that ends; cells of tables are kept."""
        if self.state.rows is not None and self._inside("td", "th"):
            return
        text = self._taken()
        if text.strip():
            self._add(self._shaped(tag, text))

    def _shaped(self, tag: str, text: str) -> str:
        if tag in _HEADINGS:
            return heading(text, _HEADINGS[tag])
        if tag == "pre":
            fence = "````" if "```" in text else "```"
            return f"{fence}\n{strip_invisible(text).strip(chr(10))}\n{fence}"
        if self.state.lists and (tag == "li" or self._inside("li")):
            mark = "1." if self.state.lists[-1] == "ol" else "-"
            return f"{'  ' * min(len(self.state.lists) - 1, 4)}{mark} {escaped(text)}"
        if self._inside("blockquote"):
            return f"> {escaped(text)}"
        return escaped(text)

    def _inside(self, *tags: str) -> bool:
        return any(name in tags for name, _main in self.state.open_tags)

    def _add(self, text: str) -> None:
        if text:
            main = any(is_main for _name, is_main in self.state.open_tags)
            self.state.blocks.append(_Block(text, main))


def _hidden(attrs: dict[str, str | None]) -> bool:
    """Whether nobody sees the element: where orders to a model like to stand."""
    style = (attrs.get("style") or "").replace(" ", "").lower()
    unseen = ("display:none", "visibility:hidden", "font-size:0", "opacity:0;")
    return (
        "hidden" in attrs
        or attrs.get("aria-hidden") == "true"
        or any(mark in style for mark in unseen)
        or style.endswith("opacity:0")
    )


def read_html(body: bytes, charset: str = "") -> Extracted:
    """The main part of a web page, the whole page when it marks none. Raises DocumentRefused."""
    reader = _Reader()
    reader.feed(decoded(body, charset))
    reader.close()
    reader._flush("p")  # noqa: SLF001 - the end of the page ends its last block
    found = reader.state.blocks
    main = [block.text for block in found if block.main]
    return finished(reader.state.title, _lists(main or [block.text for block in found]), [_LOST])


def _lists(blocks: list[str]) -> list[str]:
    """Items that follow each other as one list."""
    joined: list[str] = []
    for block in blocks:
        item = block.lstrip().startswith(("- ", "1. "))
        if item and joined and joined[-1].lstrip().startswith(("- ", "1. ")):
            joined[-1] = f"{joined[-1]}\n{block}"
        else:
            joined.append(block)
    return joined


def decoded(body: bytes, charset: str = "") -> str:
    """Bytes as text: by the stated character set, else UTF-8, else Latin-1."""
    for name in (charset, "utf-8-sig"):
        try:
            if name:
                return body.decode(name)
        except (LookupError, UnicodeError):
            continue
    return body.decode("latin-1")
