"""Template tags and filters that every template has without loading them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache
from html import escape as escape_html
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.kernel import clock
from lms.kernel.web import flash, slots

if TYPE_CHECKING:
    from django.http import HttpRequest

register = template.Library()

THEMES = ("light", "dark", "system")
THEME_COOKIE = "cairn_theme"
HUES = 8
NOTHING = "—"
CENT = Decimal("0.01")
ICON_SIZES = (14, 16, 18, 20, 24, 32, 48)
MINUTES_AN_HOUR = 60
# Currencies whose smallest unit is not a hundredth (ISO 4217).
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3}
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}


# ---- Icons and scripts ----


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """One icon of the sprite. Without `label` it is decoration and hidden from screen readers.

    Sizes are 14, 16, 18, 20, 24, 32 and 48 px; another number falls to the nearest of them.
    """
    return _icon(name, size, label, _address("icons/sprite.svg"))


@lru_cache(maxsize=2000, typed=True)  # what is safe equals what is not
def _icon(name: str, size: int, label: str, sprite: str) -> SafeString:
    nearest = min(ICON_SIZES, key=lambda known: abs(known - size))
    classes = f"icon icon-{name}" + ("" if nearest == 18 else f" icon-{nearest}")
    url = f"{sprite}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            url,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        url,
    )


@cache
def _modules() -> dict[str, str]:
    """Import names and the static paths of the ES modules: ours by file name, others by hand."""
    folder = Path(settings.BASE_DIR) / "static" / "js"
    ours = {f"cairn/{path.stem}": f"js/{path.name}" for path in sorted(folder.glob("*.js"))}
    vendor = json.loads((folder.parent / "vendor" / "vendor.json").read_text(encoding="utf-8"))
    entries = {entry["name"]: sorted(entry["files"]) for entry in vendor}
    for name in ("echarts", "sortablejs"):
        ours[name] = next(path for path in entries[name] if path.endswith(".js"))
    return ours


@register.simple_tag
def import_map() -> SafeString:
    """The JSON of the page's import map; a new file in static/js is in it by its name."""
    return _import_map()


@cache
def _import_map() -> SafeString:
    imports = {name: static(path) for name, path in _modules().items()}
    return mark_safe(json.dumps({"imports": imports}).replace("<", "\\u003c"))


@cache
def _address(path: str) -> str:
    """`static`, asked once: a page has forty icons, and the name with its hash stays."""
    return static(path)


@register.simple_tag
def chart_data(option: dict[str, Any], element_id: str = "") -> SafeString:
    """An ECharts option as a JSON data block for `static/js/chart.js`."""
    return json_script(option, element_id or None)


@register.simple_tag
def table_head(columns: Iterable[Any]) -> SafeString:
    """The head of a table of figures: words above the first column, figures above the others."""
    first, *others = [_cell(column) for column in columns] or [""]
    rest = "".join([f'<th scope="col" class="num">{column}</th>' for column in others])
    return mark_safe(f'<thead><tr><th scope="col">{first}</th>{rest}</tr></thead>')


@register.simple_tag
def table_body(rows: Iterable[Sequence[Any]]) -> SafeString:
    """The body of a table of figures, the first cell of each row as its head.

    Cells are words already, as the reader's language writes them; what is not marked safe is
    escaped. Hundreds of rows are common, which a template's loop writes thirty times as slowly.
    """
    lines = []
    for row in rows:
        head, *figures = [_cell(cell) for cell in row] or [""]
        cells = "".join([f'<td class="num">{figure}</td>' for figure in figures])
        lines.append(f'<tr><th scope="row">{head}</th>{cells}</tr>')
    return mark_safe(f"<tbody>{''.join(lines)}</tbody>")


def _cell(cell: Any) -> str:
    if isinstance(cell, SafeString):
        return cell
    words = str(cell)
    # Digits alone are most of what stands in tables, and hold nothing to escape.
    return words if words.isalnum() else escape_html(words)


# ---- The page ----


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str) -> SafeString:
    """What upper apps show in a named place of this page."""
    request = context.get("request")
    if request is None:
        return mark_safe("")
    known = {str(key): value for key, value in context.flatten().items()}
    return slots.render(name, request, known)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """light, dark or system: a person's setting; for visitors this browser's choice."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return "system"
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        chosen = user.theme
    else:
        chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


@register.simple_tag(takes_context=True)
def active_nav(context: template.Context, prefix: str, *, exact: bool = False) -> SafeString:
    """`aria-current="page"` when the current path is `prefix` or, unless `exact`, lies under it."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request is not None else ""
    hit = path == prefix or (not exact and path.startswith(prefix))
    return mark_safe(' aria-current="page"' if hit else "")


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """The current query string with some values replaced; None and "" remove a value."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.filter
def tone(level: str) -> str:
    """The alert tone of a Django message level."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level, "info")


@register.filter
def undo_url(message: Any) -> str:
    """Where a message made by `flash.undoable` is taken back; "" for any other message."""
    return flash.undo_url(message)


@register.filter
def page_range(page: Any) -> list[Any]:
    """The page numbers to link around a `Page`, with "…" where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# ---- Words for numbers ----


@register.filter
def minutes(value: float | None) -> str:
    """Minutes in words: 0 → "0 min", 45 → "45 min", 80 → "1 h 20 min"."""
    whole = max(0, round(value or 0))
    hours, rest = divmod(whole, MINUTES_AN_HOUR)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def seconds(value: float | timedelta | None) -> str:
    """Seconds in words, as minutes; under one minute in seconds."""
    whole = value.total_seconds() if isinstance(value, timedelta) else (value or 0)
    if whole < MINUTES_AN_HOUR:
        return _("%(seconds)d s") % {"seconds": round(whole)}
    return minutes(whole / MINUTES_AN_HOUR)


@register.filter
def spent(value: float | None) -> str:
    """Seconds somebody spent, in minutes: what is shorter than one is not told apart."""
    if 0 < (value or 0) < MINUTES_AN_HOUR:
        return _("under 1 min")
    return minutes((value or 0) / MINUTES_AN_HOUR)


@register.filter
def money(minor: int | None, currency: str = "EUR") -> str:
    """An amount in integer minor units with its currency; 0 is "Free"."""
    if not minor:
        return _("Free")
    digits = MINOR_DIGITS.get(currency, 2)
    amount = Decimal(minor).scaleb(-digits)
    shown = number_format(amount, decimal_pos=digits, use_l10n=True, force_grouping=True)
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{shown}" if symbol else f"{shown} {currency}"


@register.filter
def percent(value: float | Decimal | None) -> str:
    """A share of one as whole percent; nothing for None. Only a full share shows 100 %."""
    if value is None:
        return NOTHING
    share = float(value)
    whole = round(share * 100)
    if share < 1 and whole == 100:
        whole = 99
    return f"{whole}%"


@register.filter
def unlocalize_number(value: float | Decimal | None) -> str:
    """A number as HTML attributes want it, with a point whatever the language."""
    return str(float(value or 0))


@register.filter
def points(value: Any) -> str:
    """A score with at most two decimals, halves away from zero: 3.5000 → "3.5", 2/3 → "0.67"."""
    if value is None or value == "":
        return NOTHING
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    shown = number.quantize(CENT, rounding=ROUND_HALF_UP).normalize()
    return number_format(shown, decimal_pos=max(0, -int(shown.as_tuple().exponent)))


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago a moment was, in one unit: "just now", "5 minutes ago"; nothing for None."""
    if moment is None:
        return NOTHING
    now = clock.now()
    if (now - moment).total_seconds() < MINUTES_AN_HOUR:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


@register.filter
def file_size(value: int | None) -> str:
    """Bytes in words, by thousands: 1_250_000 → "1.2 MB"."""
    size = float(value or 0)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{number_format(size, decimal_pos=0 if unit == 'B' else 1)} {unit}"
        size /= 1000
    return f"{number_format(size, decimal_pos=1)} GB"


@register.filter
def lessons(value: int) -> str:
    """A count of lessons in words."""
    return ngettext("%(count)d lesson", "%(count)d lessons", value) % {"count": value}


@register.filter
def learners(value: int) -> str:
    """A count of learners in words."""
    return ngettext("%(count)d learner", "%(count)d learners", value) % {"count": value}


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON for an attribute, which the template escapes; nothing for None."""
    return "" if value is None else json.dumps(value, ensure_ascii=False)


# ---- People and pictures ----


@register.filter
def initials(name: Any) -> str:
    """At most two letters for an avatar: "Ada King Lovelace" → "AL", "ada@x.org" → "A"."""
    words = str(name or "").split("@", maxsplit=1)[0].split()
    letters = [word[0] for word in words if word[0].isalnum()]
    if not letters:
        return "?"
    return (letters[0] + letters[-1] if len(letters) > 1 else letters[0]).upper()


@register.filter
def hue(seed: Any) -> str:
    """A colour class that stays the same for the same text: covers and avatars."""
    return f"hue-{zlib.crc32(str(seed).encode()) % HUES}"


@register.filter
def markdown(source: str | None, profile: str = "document") -> SafeString:
    """Markdown as clean HTML, by the one pipeline; `message` for what people say to each other."""
    from lms.kernel.text import Profile, render_markdown

    return mark_safe(render_markdown(source or "", profile=Profile(profile)))


@register.filter
def plain(source: str | None) -> str:
    """Markdown as one line of its words, for previews; the template escapes it."""
    from lms.kernel.text import plain_text

    return " ".join(plain_text(source or "").split())


# ---- Forms ----


@register.filter
def widget_kind(field: Any) -> str:
    """`check`, `choices`, `chosen` or `plain`: how `components/field.html` lays a bound field out.

    `chosen` is a menu without an empty choice: there is always an answer, so that "optional" says
    nothing.
    """
    widget = field.field.widget
    name = type(widget).__name__
    if name == "CheckboxInput":
        return "check"
    if name == "Select" and all(value not in {"", None} for value, _words in widget.choices):
        return "chosen"
    return "choices" if name in {"RadioSelect", "CheckboxSelectMultiple"} else "plain"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or None: templates cannot look up by a variable."""
    if hasattr(mapping, "get"):
        return mapping.get(key)
    return None
