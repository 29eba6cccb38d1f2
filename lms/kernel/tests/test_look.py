"""The colours reach WCAG 2.2 AA in light and dark, vendored files are what they were, and every
page part renders."""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

STATIC = Path(settings.BASE_DIR) / "static"
OKLCH = r"oklch\(((?:[^()]|\(--h\))*)\)"
TOKEN = re.compile(rf"--([a-z0-9-]+):\s*light-dark\({OKLCH},\s*{OKLCH}\)")
SINGLE = re.compile(rf"--(on-brand):\s*{OKLCH}")
SURFACES = ("bg", "surface", "surface-2")
TEXT_PAIRS = [
    *((text, surface) for text in ("text", "muted", "brand", "bad") for surface in SURFACES),
    ("text", "surface-3"),
    ("on-brand", "brand-fill"),
    ("on-brand", "brand-fill-hover"),
    ("on-brand", "bad-fill"),
    *(
        (word, ground)
        for tone in ("brand", "ok", "warn", "bad", "info")
        for word in (tone, "text")
        for ground in (f"{tone}-soft",)
    ),
]
SHAPE_PAIRS = [("line-strong", surface) for surface in ("bg", "surface")]


def _luminance(oklch: str) -> float:
    """Relative luminance (WCAG) of an OKLCH colour, clipped to sRGB.

    Matrices: B. Ottosson, "A perceptual color space for image processing" (2020).
    """
    lightness, chroma, hue = oklch.replace("var(--h)", "266").split()
    big = float(lightness.rstrip("%")) / 100
    a = float(chroma) * math.cos(math.radians(float(hue)))
    b = float(chroma) * math.sin(math.radians(float(hue)))
    long = (big + 0.3963377774 * a + 0.2158037573 * b) ** 3
    mid = (big - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (big - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * mid + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * mid - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * mid + 1.7076147010 * short,
    )
    red, green, blue = (min(1.0, max(0.0, value)) for value in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _tokens() -> dict[str, tuple[float, float]]:
    css = (STATIC / "css" / "tokens.css").read_text()
    found = {m[1]: (_luminance(m[2]), _luminance(m[3])) for m in TOKEN.finditer(css)}
    for match in SINGLE.finditer(css):
        found[match[1]] = (_luminance(match[2]),) * 2
    return found


def _contrast(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("word", "ground", "least"),
    [*((*pair, 4.5) for pair in TEXT_PAIRS), *((*pair, 3.0) for pair in SHAPE_PAIRS)],
)
def test_token_pair_reaches_its_contrast(word: str, ground: str, least: float) -> None:
    tokens = _tokens()
    ratios = [_contrast(tokens[word][theme], tokens[ground][theme]) for theme in (0, 1)]
    assert min(ratios) >= least, f"{word} on {ground}: {ratios[0]:.2f} light, {ratios[1]:.2f} dark"


def test_vendored_files_are_the_recorded_ones() -> None:
    import runpy

    assert runpy.run_path(str(STATIC / "vendor" / "fetch.py"))["check"]() == []


def test_no_script_needs_eval_or_inline() -> None:
    """htmx 4 evaluates `hx-on`, `js:` values and trigger filters; the content policy forbids it."""
    bad = re.compile(
        r"""\shx-on|=["']js:|hx-trigger(?::\w+)?="[^"]*\[|\son[a-z]+="|\sstyle="|<style|javascript:"""
    )
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    assert [str(path) for path in templates if bad.search(path.read_text())] == []


@pytest.mark.django_db
def test_styleguide_renders_its_sample_of_markdown(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    assert '<h2 id="h-the-update-rule">The update rule</h2>' in page
    assert 'alttext="\\eta \\nabla L(w)"' in page
    assert page.count(">0.12</td>") == 2


@pytest.mark.django_db
def test_styleguide_shows_theme_and_direction_as_asked(client: Client) -> None:
    page = client.get("/styleguide/", {"theme": "dark", "dir": "rtl"}).content.decode()
    assert 'dir="rtl" data-theme="dark"' in page
    assert "sg-learn" in page
    plain = client.get("/styleguide/", {"theme": "x", "dir": "y"}).content.decode()
    assert 'dir="ltr" data-theme="system"' in plain


@pytest.mark.django_db
def test_missing_page_is_a_page(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()
