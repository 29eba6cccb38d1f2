"""HTML from other systems as Markdown, the only markup that Cairn keeps."""

import re
from typing import Final

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MAX_HTML: Final = 100_000
_LOSSES = (
    (re.compile(r"<img\b", re.IGNORECASE), "pictures"),
    (re.compile(r"<(?:audio|video|iframe|object|embed)\b", re.IGNORECASE), "media"),
    (re.compile(r"@@PLUGINFILE@@"), "files"),
    (re.compile(r"<(?:script|style|form|input)\b", re.IGNORECASE), "code"),
)


def markdown_of(html: str) -> tuple[str, list[str]]:
    """Markdown that says what the HTML says, and what it cannot say.

    Raises Invalid for what is too long or too deep. Nothing is trusted: what comes out is Markdown,
    and goes through the sanitiser when it is shown.
    """
    from markdownify import ATX, markdownify  # with its parsers 8 MB that few processes need

    if len(html) > MAX_HTML:
        raise Invalid(_("It is too long."), field="stem")
    words = {
        "pictures": _("Pictures did not come along."),
        "media": _("Sound, video and embedded pages did not come along."),
        "files": _("Links to files of the other system do not work here."),
        "code": _("Scripts, styles and forms were left out."),
    }
    lost = [words[name] for pattern, name in _LOSSES if pattern.search(html)]
    plain = re.sub(r"<(script|style)\b.*?(</\1\s*>|$)", "", html, flags=re.IGNORECASE | re.DOTALL)
    try:
        markdown = markdownify(plain, heading_style=ATX, strip=["img"], bullets="-")
    except RecursionError:
        raise Invalid(_("Its HTML is nested too deeply."), field="stem") from None
    return re.sub(r"\n{3,}", "\n\n", markdown).strip(), lost
