"""The text pipeline: what it writes, what it refuses, how long it takes."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.kernel.errors import Invalid
from lms.kernel.text import (
    PIPELINE_VERSION,
    BlockDraft,
    KnownBlock,
    Profile,
    clean_html,
    is_line,
    is_storable,
    plain_text,
    readable_math,
    render_document,
    render_markdown,
    require_clean,
    require_line,
    require_text,
    split_blocks,
)
from lms.kernel.text.sanitize import LINK_SCHEMES

_NAMES = (
    "script style iframe object embed svg form input button textarea select link meta base frame"
    " frameset template noscript annotation annotation-xml foreignobject mglyph maction audio"
    " video source portal dialog title xmp plaintext noembed noframes"
)
FORBIDDEN_TAGS = frozenset(_NAMES.split())


class _Audit(HTMLParser):
    """Collect everything in a page that could act."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc", "formaction", "xlink:href"}:
                self.problems.append(f"{tag}.{name}")
            if name in {"href", "src"} and not self._harmless(value or ""):
                self.problems.append(f"{tag}.{name}={value}")

    @staticmethod
    def _harmless(url: str) -> bool:
        head = "".join(url.split()).lower().partition("/")[0].partition("#")[0].partition("?")[0]
        return ":" not in head or head.partition(":")[0] in LINK_SCHEMES

    def handle_comment(self, data: str) -> None:
        self.problems.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.problems.append("declaration")


def _problems(html: str) -> list[str]:
    audit = _Audit()
    audit.feed(html)
    audit.close()
    return audit.problems


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src=`javascript:alert(1)`>",
    '<img src="x" srcset="//evil.example/a 1x" onload="alert(1)">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    (
        "<math><mtext><table><mglyph><style><!--</style>"
        "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>"
    ),
    "<math><mi><style><img src=x onerror=alert(1)></style></mi></math>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><maction actiontype='statusline#javascript:alert(1)'>x</maction></math>",
    (
        "<math><mtext></form><form><mglyph><svg><mtext><textarea>"
        "<path id='</textarea><img onerror=alert(1) src=1>'>"
    ),
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>@import '//evil.example/x.css';</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT&#58;alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<template><script>alert(1)</script></template>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<!DOCTYPE html><p>x",
    "<plaintext><img src=x onerror=alert(1)>",
    "<p id='csrfmiddlewaretoken' name='forms'>x</p>",
    "<div hx-get='/accounts/logout/' hx-trigger='load'>x</div>",
    "<div data-on-load='alert(1)' _='on load alert(1)'>x</div>",
    "</p></div></main><h1>Own the page",
    "<a href='//evil.example' target='_blank' ping='//evil.example'>x</a>",
    "<table background='javascript:alert(1)'><td>x",
    "<select><iframe></select><img src=x onerror=alert(1)>",
    "<p>\u2028<img src=x\u00a0onerror=alert(1)>",
]
MARKDOWN_ATTACKS = [
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](\tjavascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '![x](/a.png "onerror=alert(1)")',
    '![" onerror="alert(1)](/a.png)',
    "[a]: javascript:alert(1)\n[a]",
    '```"><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "# <img src=x onerror=alert(1)>",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$$\\text{</math><script>alert(1)</script>}$$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\style{background:url(//evil.example)}{x}$",
    '$x" onmouseover="alert(1)$',
    "[^<script>]\n\n[^<script>]: x",
    "| <img onerror=alert(1) src=x> |\n|--|\n| <script> |",
    'https://a.example/"onmouseover=alert(1)',
    "- [x] <img src=x onerror=alert(1)>",
    "attachment:x [a](attachment:<script>)",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_clean_html_leaves_nothing_that_acts(attack: str) -> None:  # C1
    cleaned = clean_html(attack)
    assert _problems(cleaned) == []
    assert clean_html(cleaned) == cleaned


@pytest.mark.parametrize("attack", [*MARKDOWN_ATTACKS, *ATTACKS])
@pytest.mark.parametrize("profile", list(Profile))
def test_render_markdown_leaves_nothing_that_acts(attack: str, profile: Profile) -> None:  # C1
    assert _problems(render_markdown(attack, profile=profile)) == []


_PIECES = st.lists(
    st.one_of(
        st.sampled_from([*ATTACKS, *MARKDOWN_ATTACKS, "\n\n", "*", "_", "$", "`"]), st.text()
    ),
    max_size=5,
).map("".join)


@given(_PIECES)
@settings(max_examples=300, deadline=None)
def test_clean_html_is_idempotent_and_safe(text: str) -> None:  # C1
    cleaned = clean_html(text)
    assert clean_html(cleaned) == cleaned
    assert _problems(cleaned) == []


@given(_PIECES)
@settings(max_examples=200, deadline=None)
def test_render_document_takes_any_text(text: str) -> None:  # P6
    document = render_document(text)
    assert _problems(document.html) == []
    assert clean_html(document.html) == document.html
    keys = [block.key for block in document.blocks]
    assert len(set(keys)) == len(keys)
    assert split_blocks(text) == document.blocks


def test_clean_html_drops_names_that_are_not_ours() -> None:
    html = '<p id="csrf" class="btn tok-k danger">x</p><h2 id="h-a">y</h2>'
    assert clean_html(html) == '<p class="tok-k">x</p><h2 id="h-a">y</h2>'


def test_clean_html_loads_images_of_this_host_only() -> None:  # C8
    html = '<img src="https://e.example/a.png" alt="a"><img src="//e.example/a"><img src="/a.png">'
    assert clean_html(html) == '<img alt="a"><img><img src="/a.png">'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            "a *b* **c** ~~d~~ `e`",
            "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>\n",
        ),
        ("# Top\n### Deep", '<h2 id="h-top">Top</h2>\n<h3 id="h-deep">Deep</h3>\n'),
        ("# A\n# A", '<h2 id="h-a">A</h2>\n<h2 id="h-a-2">A</h2>\n'),
        (
            "- [ ] a\n- [x] b",
            '<ul class="tasks">\n<li class="task">☐ a</li>\n<li class="task">☑ b</li>\n</ul>\n',
        ),
        ("costs $5 and $6", "<p>costs $5 and $6</p>\n"),
        ("main.py", "<p>main.py</p>\n"),
        (
            "see https://a.example/x_y.",
            (
                '<p>see <a href="https://a.example/x_y" rel="noopener nofollow ugc">'
                "https://a.example/x_y</a>.</p>\n"
            ),
        ),
        (
            "![far](https://e.example/a.png)",
            (
                '<p><a class="remote-image" href="https://e.example/a.png"'
                ' rel="noopener nofollow ugc">far</a></p>\n'
            ),
        ),
        ("![near](/a.png)", '<p><img src="/a.png" alt="near"></p>\n'),
        (
            "![x](attachment:1111111111111111111111)",
            '<p><img src="/attachments/1111111111111111111111/" alt="x"></p>\n',
        ),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("    code", '<pre class="code" tabindex="0"><code>code\n</code></pre>\n'),
    ],
)
def test_render_markdown_writes(source: str, html: str) -> None:
    assert render_markdown(source) == html


def test_render_markdown_aligns_cells_by_class() -> None:  # C2
    html = render_markdown("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")
    assert '<div class="table-scroll" tabindex="0"><table>' in html
    assert '<td class="align-start">1</td>' in html
    assert '<td class="align-center">2</td>' in html
    assert '<th class="align-end" scope="col">c</th>' in html
    assert "style" not in html


def test_render_markdown_highlights_known_languages_by_class() -> None:  # C2
    html = render_markdown("```python\ndef f(): pass\n```\n\n```klingon\nx < y\n```")
    assert '<span class="tok-k">def</span>' in html
    assert "style=" not in html
    assert '<pre class="code" tabindex="0"><code>x &lt; y\n</code></pre>' in html


def test_render_markdown_shows_long_code_plain() -> None:
    assert "tok-" not in render_markdown("```python\n" + "x = 1\n" * 5000 + "```")


def test_render_markdown_writes_mathml_with_its_source() -> None:
    html = render_markdown(r"Let $x^2$ be, and" + "\n\n$$\n\\frac{a}{b}\n$$")
    assert '<math display="inline" alttext="x^2"><mrow><msup><mi>x</mi>' in html
    assert '<div class="math-block" tabindex="0"><math display="block"' in html


@pytest.mark.parametrize(
    "latex",
    [r"\frac{", "{" * 60 + "x" + "}" * 60, r"\begin{matrix}", "x^1^2", r"\left(" * 200, "x" * 2001],
)
def test_render_markdown_shows_the_source_of_bad_math(latex: str) -> None:
    html = render_markdown(f"${latex}$")
    assert '<code class="math-error">' in html
    assert "<math" not in html


def test_render_markdown_escapes_what_math_quotes() -> None:
    assert "&lt;img" in render_markdown(r"$\text{<img>}$")


def test_render_markdown_numbers_footnotes_within_their_namespace() -> None:
    html = render_markdown("a[^1] b[^1]\n\n[^1]: note", namespace="q7")
    assert '<a href="#fn-q7-1" id="fnref-q7-1"' in html
    assert 'id="fnref-q7-1.1"' in html
    assert '<li id="fn-q7-1" class="footnote-item">' in html


def test_messages_have_no_headings_images_or_footnotes() -> None:
    html = render_markdown("# a\nb ![x](/a.png) [^1]", profile=Profile.MESSAGE)
    assert html == (
        '<p># a<br>\nb <a class="remote-image" href="/a.png" rel="noopener nofollow ugc">x</a>'
        " [^1]</p>\n"
    )


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        ">",
        "*a **a ",
        "- ",
        "$",
        "$a$ ",
        "`",
        "http://a",
        "word\n\n",
        "[a](",
        "<",
        "$$\n",
    ],
)
def test_render_document_costs_in_proportion_to_its_input(piece: str) -> None:
    _assert_linear(piece * 4_000, piece * 16_000)


def test_render_document_costs_in_proportion_to_a_tables_width() -> None:
    small, large = ("|a" * n + "\n" + "|-" * n for n in (2_000, 8_000))
    _assert_linear(small, large)


def test_render_document_bounds_the_depth_of_lists() -> None:
    small, large = ("".join("  " * n + "- a\n" for n in range(depth)) for depth in (200, 400))
    _assert_linear(small, large)  # the text of the large one is four times as long


def _assert_linear(small: str, large: str) -> None:
    """Four times the text may cost up to ten times the CPU; a quadratic parser takes sixteen.

    On a crowded machine even CPU time swells: one of three measurements has to be as promised.
    """
    factors = (_cpu_seconds(large) / max(_cpu_seconds(small), 0.05) for _try in range(3))
    assert any(factor < 10 for factor in factors)


def _cpu_seconds(source: str) -> float:
    before = time.process_time()
    render_document(source)
    return time.process_time() - before


def test_plain_text_keeps_words_and_drops_marks() -> None:
    source = (
        "# Head\n\nSome *text* with $x$ and ![alt](/a).\n\n```py\na  = 1\n```\n\n| b |\n|--|\n| c |"
    )
    assert plain_text(source) == "Head\nSome text with x and alt.\na  = 1\nb\nc"


def _keys(blocks: list[BlockDraft]) -> list[str]:
    return [block.key for block in blocks]


FIRST = "# One\n\nThe sun is a star.\n\nThe moon goes round the earth.\n\n## Two\n\n- a\n- b"


def test_split_blocks_tells_text_place_and_headings() -> None:
    blocks = split_blocks(FIRST)
    assert [(b.ordinal, b.heading_path, b.text) for b in blocks] == [
        (1, ("One",), "The sun is a star."),
        (2, ("One",), "The moon goes round the earth."),
        (3, ("One", "Two"), "a\nb"),
    ]
    assert all(len(block.sha256) == 64 for block in blocks)


def test_split_blocks_names_the_same_source_the_same() -> None:
    assert split_blocks(FIRST) == split_blocks(FIRST)


def test_split_blocks_keeps_keys_of_edited_blocks() -> None:
    before = split_blocks(FIRST)
    edited = FIRST.replace("The sun is a star.", "New start.\n\nThe sun is a yellow star.")
    after = split_blocks(edited, previous=before)
    assert _keys(after)[1:] == _keys(before)
    assert after[0].key not in _keys(before)
    assert after[1].sha256 != before[0].sha256


def test_split_blocks_keeps_keys_of_moved_blocks() -> None:
    before = split_blocks("Alpha one.\n\nBeta two.\n\nGamma three.")
    after = split_blocks("Gamma three.\n\nAlpha one.\n\nBeta two.", previous=before)
    assert _keys(after) == [before[2].key, before[0].key, before[1].key]


def test_split_blocks_keeps_keys_of_moved_and_edited_blocks() -> None:
    before = split_blocks("One two three four five.\n\nRed green blue.\n\nBlack white grey.")
    source = "Red green blue.\n\nBlack white grey.\n\nOne two three four six."
    assert _keys(split_blocks(source, previous=before)) == [
        before[1].key,
        before[2].key,
        before[0].key,
    ]


def test_split_blocks_gives_repeated_text_keys_of_its_own() -> None:
    before = split_blocks("Same.\n\nSame.\n\nSame.")
    assert len(set(_keys(before))) == 3
    after = split_blocks("Same.\n\nSame.", previous=before)
    assert _keys(after) == _keys(before)[:2]


def test_split_blocks_never_gives_a_taken_key_to_new_text() -> None:
    taken = split_blocks("Text.")[0].key
    after = split_blocks("Other.\n\nText.", previous=[KnownBlock(taken, "Other.")])
    assert after[0].key == taken
    assert after[1].key != taken


@given(
    st.lists(st.sampled_from("abcdef"), max_size=12),
    st.lists(st.sampled_from("abcdef"), max_size=12),
)
@settings(max_examples=200, deadline=None)
def test_split_blocks_keys_are_unique_and_identical_text_keeps_its_key(
    old: list[str], new: list[str]
) -> None:
    before = split_blocks("\n\n".join(f"{word} end." for word in old))
    after = split_blocks("\n\n".join(f"{word} end." for word in new), previous=before)
    assert len(set(_keys(after))) == len(after)
    if sorted(old) == sorted(new):
        assert sorted(_keys(after)) == sorted(_keys(before))
        texts = {block.key: block.text for block in before}
        assert all(texts[block.key] == block.text for block in after)


def test_render_document_marks_each_block_with_its_key() -> None:
    source = f"{FIRST}\n\n```\ncode\n```\n\n$$\nx\n$$\n\n| a |\n|--|\n| b |\n\n> q\n\n1. n"
    document = render_document(source)
    assert len(document.blocks) == 8
    for block in document.blocks:
        assert f'id="b-{block.key}"' in document.html
    assert document.html.count('id="b-') == 8


def test_pipeline_version_fits_its_column() -> None:
    assert 0 < len(PIPELINE_VERSION) <= 12


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff"])
def test_guard_refuses_what_cannot_be_stored(text: str) -> None:  # C4
    assert not is_storable(text)
    with pytest.raises(Invalid) as caught:
        require_text(text, field="title")
    assert list(caught.value.errors) == ["title"]
    for nested in ({"a": [text]}, {text: 1}, [("x", text)]):
        with pytest.raises(Invalid):
            require_clean(nested, field="body")


def test_guard_returns_what_can_be_stored() -> None:
    assert require_text("Zoë 🙂 \n") == "Zoë 🙂 \n"
    assert require_clean({"a": [1, None, "x"]}) == {"a": [1, None, "x"]}


def test_guard_refuses_what_is_too_long() -> None:
    with pytest.raises(Invalid) as caught:
        require_text("abcd", field="title", max_length=3)
    assert caught.value.errors == {"title": ["At most 3 characters are allowed."]}


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\r\nBcc: x@y.z", "a\tb", "a\u2028b", "a\0b", "\ud800"]
    + [f"Ada{mark}gpj" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"],
)
def test_a_line_holds_no_break(value: str) -> None:
    assert not is_line(value)
    with pytest.raises(Invalid) as caught:
        require_line(value, field="title")
    assert list(caught.value.errors) == ["title"]


def test_a_line_is_returned_as_it_came() -> None:
    for line in ("Zoë's course 🐚", "\u200fAda\u200e"):
        assert require_line(line, field="title") == line


@pytest.mark.parametrize("source", ["$$x^2$$ and on.", "So $$x^2$$ it is.", "$$x$$ or $$y$$."])
def test_display_formula_within_a_line_leaves_no_dollar(source: str) -> None:
    html = render_markdown(source)
    assert "$" not in html
    assert html.count('display="block"') == source.count("$$") // 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No formula, 20 %.", "No formula, 20 %."),
        (r"on 0.2 \cdot 0.1 = 2\,\% of days", "on 0.2 · 0.1 = 2 % of days"),
        (r"P(\text{bus late} \mid \text{boat late})", "P(bus late \u2223 boat late)"),
        (r"\bar{x} = \frac{1}{n}", "x\u0304 = 1/n"),
        (r"\frac{a + b}{2} \leq \sqrt{2}", "(a + b)/2 ≤ √(2)"),
        (r"\unknown{x} \alpha", "unknownx \u03b1"),
        ("\\", "\\"),
    ],
)
def test_readable_math_shows_characters_for_commands(text: str, words: str) -> None:
    assert readable_math(text) == words
