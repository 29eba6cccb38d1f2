"""The template builtins: words for numbers, icons, the import map, undo messages."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from lms.kernel import clock
from lms.kernel.web import flash, slots, tags


def _request(path: str = "/courses/", **cookies: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    return request


def _render(source: str, request: HttpRequest | None = None, **context: object) -> str:
    if request is not None:
        context["request"] = request
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "0 min"), (45, "45 min"), (60, "1 h"), (80, "1 h 20 min"), (-3, "0 min")],
)
def test_minutes_are_said_in_words(value: int | None, words: str) -> None:
    assert tags.minutes(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "0 s"), (59, "59 s"), (600, "10 min"), (timedelta(hours=2), "2 h")],
)
def test_seconds_are_said_in_words(value: object, words: str) -> None:
    assert tags.seconds(value) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (0, "EUR", "Free"),
        (None, "EUR", "Free"),
        (4900, "EUR", "€49.00"),
        (500, "JPY", "¥500"),
        (1500, "KWD", "1.500 KWD"),
    ],
)
def test_money_follows_the_currency_s_minor_unit(
    minor: int | None, currency: str, words: str
) -> None:
    assert tags.money(minor, currency) == words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "—"), (0, "0%"), (0.384, "38%"), (0.998, "99%"), (1, "100%")]
)
def test_percent_shows_hundred_only_for_a_full_share(share: float | None, words: str) -> None:
    assert tags.percent(share) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"),
        ("", "—"),
        (Decimal("3.5000"), "3.5"),
        (Decimal("10.0000"), "10"),
        (Decimal("0.3333"), "0.33"),
        (Decimal("0.6667"), "0.67"),
        (Decimal("4.995"), "5"),
        ("many", "many"),
    ],
)
def test_points_drop_trailing_zeros(value: object, words: str) -> None:
    assert tags.points(value) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(None, "0 B"), (999, "999 B"), (1_250_000, "1.2 MB"), (3_000_000_000, "3.0 GB")],
)
def test_file_size_goes_by_thousands(size: int | None, words: str) -> None:
    assert tags.file_size(size) == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada King Lovelace", "AL"),
        ("ada@example.com", "A"),
        ("", "?"),
        (None, "?"),
        ("(x) Öztürk", "Ö"),
    ],
)
def test_initials_are_at_most_two_letters(name: str | None, letters: str) -> None:
    assert tags.initials(name) == letters


def test_hue_is_stable_and_one_of_eight() -> None:
    assert tags.hue("thinking-with-data") == tags.hue("thinking-with-data")
    assert {tags.hue(n) for n in range(200)} == {f"hue-{n}" for n in range(8)}


def test_counts_are_singular_and_plural() -> None:
    assert (tags.lessons(1), tags.lessons(12)) == ("1 lesson", "12 lessons")
    assert (tags.learners(1), tags.learners(0)) == ("1 learner", "0 learners")


def test_unlocalized_number_has_a_point() -> None:
    assert (tags.unlocalize_number(0.5), tags.unlocalize_number(None)) == ("0.5", "0.0")


def test_icon_is_hidden_from_readers_unless_it_has_a_label() -> None:
    plain, named = str(tags.icon("check")), str(tags.icon("lock", 17, "Locked <b>"))
    assert 'aria-hidden="true"' in plain
    assert plain.count("icons/sprite.svg#check") == 1
    assert 'role="img" aria-label="Locked &lt;b&gt;"' in named
    assert "icon-16" in named


def test_table_head_escapes_and_sets_figures_apart() -> None:
    assert tags.table_head(["Week", "A & b", 3]) == (
        '<thead><tr><th scope="col">Week</th><th scope="col" class="num">A &amp; b</th>'
        '<th scope="col" class="num">3</th></tr></thead>'
    )
    assert tags.table_head([mark_safe("a &amp; b")]).count("&amp;") == 1
    assert tags.table_head([]) == '<thead><tr><th scope="col"></th></tr></thead>'


def test_table_body_escapes_each_cell_and_heads_each_row() -> None:
    body = tags.table_body([["Ann <b>", 3, "4 %"], ["Bo", "—", '"5"']])
    assert body == (
        '<tbody><tr><th scope="row">Ann &lt;b&gt;</th><td class="num">3</td>'
        '<td class="num">4 %</td></tr><tr><th scope="row">Bo</th><td class="num">—</td>'
        '<td class="num">&quot;5&quot;</td></tr></tbody>'
    )
    assert tags.table_body([]) == "<tbody></tbody>"
    assert tags.table_body([[], [mark_safe("a &amp; b")]]).count("<tr>") == 2
    assert "a &amp; b" in tags.table_body([[mark_safe("a &amp; b")]])


def test_icon_escapes_a_label_whoever_asked_before() -> None:
    assert 'aria-label="A &amp; <b>"' in tags.icon("check", 16, mark_safe("A &amp; <b>"))
    assert 'aria-label="A &amp;amp; &lt;b&gt;"' in tags.icon("check", 16, "A &amp; <b>")


def test_import_map_names_every_module_and_cannot_close_its_script() -> None:
    imports = json.loads(tags.import_map())["imports"]
    assert imports["cairn/main"].endswith("js/main.js")
    assert "echarts.esm.min" in imports["echarts"]
    assert "<" not in tags.import_map()


def test_every_icon_used_by_a_template_is_in_the_sprite(settings: object) -> None:
    import re
    from pathlib import Path

    root = Path(settings.BASE_DIR)  # type: ignore[attr-defined]
    known = set((root / "static/icons/icons.txt").read_text().split())
    used = {
        name
        for path in root.glob("**/templates/**/*.html")
        if ".venv" not in path.parts
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())
    }
    assert used - known == set()


def test_theme_is_the_person_s_setting_or_the_visitor_s_choice() -> None:
    assert _render("{% theme %}", _request(cairn_theme="dark")) == "dark"
    assert _render("{% theme %}", _request(cairn_theme="pink")) == "system"
    request = _request(cairn_theme="dark")
    request.user = SimpleNamespace(is_authenticated=True, theme="light")  # type: ignore[assignment]
    assert _render("{% theme %}", request) == "light"
    assert _render("{% theme %}", _request()) == "system"
    assert _render("{% theme %}") == "system"


def test_active_nav_marks_the_page_and_what_lies_under_it() -> None:
    source = '{% active_nav "/teach/" %}|{% active_nav "/teach/" exact=True %}'
    assert _render(source, _request("/teach/x/")) == ' aria-current="page"|'
    assert _render(source, _request("/courses/")) == "|"


def test_with_query_replaces_and_removes() -> None:
    request = _request("/courses/?level=beginner&page=3")
    assert _render("{% with_query page=None %}", request) == "?level=beginner"
    assert _render('{% with_query level="" page=4 %}', request) == "?page=4"
    assert _render('{% with_query level="" page="" %}', request) == "?"


def test_slot_shows_what_was_registered_with_the_page_s_context() -> None:
    slots.register("test.tags", lambda _request, context: f"<b>{context['word']}</b>")
    source = '{% slot "test.tags" %}'
    assert _render(source, _request(), word="hi") == "<b>hi</b>"
    assert _render(source) == ""


def test_page_range_elides_the_middle() -> None:
    page = Paginator(range(200), 10).page(10)
    assert tags.page_range(page) == [1, "…", 9, 10, 11, "…", 20]


def test_tones_follow_message_levels() -> None:
    assert [tags.tone(level) for level in ("success", "warning", "error", "info", "debug")] == [
        "ok",
        "warn",
        "bad",
        "info",
        "info",
    ]


def test_undoable_message_carries_its_way_back() -> None:
    request = _request()
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    flash.undoable(request, "Lesson deleted", "/teach/x/undo/")
    (message,) = get_messages(request)
    assert (str(message), tags.undo_url(message)) == ("Lesson deleted", "/teach/x/undo/")
    assert tags.undo_url(SimpleNamespace(extra_tags=None)) == ""


def test_chart_data_escapes_markup() -> None:
    block = str(tags.chart_data({"name": "</script>"}))
    assert block.startswith('<script type="application/json">')
    assert "</script>" not in block[:-9]


def test_item_looks_up_by_a_variable() -> None:
    assert _render("{{ map|item:key }}", map={"a": 1}, key="a") == "1"
    assert tags.item([], "a") is None
    assert tags.markdown("**x**") == "<p><strong>x</strong></p>\n"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7300, "2 hours ago")],
)
def test_ago_names_one_unit(seconds: int, words: str) -> None:
    with clock.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        assert tags.ago(clock.now() - timedelta(seconds=seconds)).replace("\xa0", " ") == words
    assert tags.ago(None) == "—"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 min"), (1, "under 1 min"), (59, "under 1 min"), (3700, "1 h 2 min")],
)
def test_time_spent_is_not_told_in_seconds(seconds: int, words: str) -> None:
    assert tags.spent(seconds) == words
