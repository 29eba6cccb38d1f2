"""Every component on one page, with sample data: what the pages are put together from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import render

from lms.kernel import clock

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

THEMES = ("light", "dark")
DIRECTIONS = ("ltr", "rtl")
SWATCHES = (
    "bg",
    "surface",
    "surface-2",
    "surface-3",
    "brand-fill",
    "brand-soft",
    "ok-soft",
    "warn-soft",
    "bad-soft",
    "info-soft",
)
WEEKS = [f"W{week}" for week in range(1, 9)]
MINUTES = [[120, 180, 150, 210, 260, 240, 300, 280], [80, 90, 140, 120, 160, 210, 190, 230]]


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(label="Title", help_text="Shown in the catalogue.")
    summary = forms.CharField(label="Summary", widget=forms.Textarea, required=False)
    level = forms.ChoiceField(
        label="Level", choices=[("beginner", "Beginner"), ("advanced", "Advanced")]
    )
    email = forms.EmailField(label="E-mail address")
    who = forms.ChoiceField(
        label="Who may enrol",
        widget=forms.RadioSelect,
        choices=[("open", "Everybody"), ("invitation", "Invited people")],
    )
    notify = forms.BooleanField(label="Tell the learners", required=False)


def _chart() -> dict[str, Any]:
    names = ("This course", "Your average")
    return {
        "option": {
            "legend": {},
            "xAxis": {"type": "category", "data": WEEKS},
            "yAxis": {"type": "value", "name": "min"},
            "series": [
                {"name": name, "type": "line", "smooth": True, "symbolSize": 7, "data": data}
                for name, data in zip(names, MINUTES, strict=True)
            ],
        },
        "columns": ["Week", *names],
        "rows": [list(row) for row in zip(WEEKS, *MINUTES, strict=True)],
    }


def _courses() -> list[SimpleNamespace]:
    titles = ("Thinking with data", "Writing that is read", "How cities work", "Proofs and ideas")
    return [
        SimpleNamespace(
            slug=title.lower().replace(" ", "-"),
            title=title,
            summary="Ask better questions, see what the numbers say, and say it so others follow.",
            get_level_display="Beginner",
            minutes=60 * (number + 3),
            lesson_count=12 + number,
            learner_count=340 * number,
            price_minor=4900 * (number % 2),
            currency="EUR",
        )
        for number, title in enumerate(titles)
    ]


def _icons() -> list[str]:
    listed = Path(settings.BASE_DIR) / "static" / "icons" / "icons.txt"
    return listed.read_text(encoding="utf-8").split()


def _context(request: HttpRequest) -> dict[str, Any]:
    asked, direction = request.GET.get("theme", ""), request.GET.get("dir", "")
    now = clock.now()
    return {
        "forced_theme": asked if asked in THEMES else "",
        "forced_dir": direction if direction in DIRECTIONS else "",
        "swatches": SWATCHES,
        "form": SampleForm(
            {"title": "", "email": "ada@", "level": "beginner", "who": "open", "notify": "on"}
        ),
        "crumbs": [("Thinking with data", "#c"), ("2. Shapes of data", "#s"), ("Averages", "")],
        "tabs": [
            {"label": "Overview", "url": "#t1", "current": True},
            {"label": "Content", "url": "#t2"},
            {"label": "Drafts", "url": "#t3", "badge": 4},
            {"label": "Grades", "url": "#t4"},
        ],
        "page": Paginator(range(240), 12).page(4),
        "chart": _chart(),
        "courses": _courses(),
        "icons": _icons(),
        "cites": [("Lesson 2.2, averages", "#cite")],
        "job": SimpleNamespace(public_id="", progress=62, message="Writing question 5 of 8"),
        "deadline": (now + timedelta(minutes=12, seconds=5)).isoformat(),
        "now": now,
        "people": ["Ada Lovelace", "Grace Hopper", "Omar Khayyam"],
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """The style guide; `?theme=light|dark` and `?dir=ltr|rtl` choose how it is shown."""
    messages.success(request, "The lesson was published.")
    return render(request, "styleguide/index.html", _context(request))
