"""What categories and tags may be called, wherever their names come from."""

from typing import Final

from django.utils.translation import gettext as _

from assessments.scoring.folding import fold
from lms.kernel.errors import Invalid
from lms.kernel.text import require_line

MAX_CATEGORY: Final = 100
MAX_TAG: Final = 50
# One letter can fold to three and more; this is what the tables hold.
FOLDS_TO: Final = 3


def category_name(text: str, *, field: str = "name") -> str:
    """A name on one line with single spaces; raises Invalid for `field`."""
    return _named(text, field=field, most=MAX_CATEGORY)


def tag_name(text: str, *, field: str = "tags") -> str:
    """The same for a tag, which has no comma; raises Invalid for `field`."""
    if "," in text:
        raise Invalid(_("A tag has no comma."), field=field)
    return _named(text, field=field, most=MAX_TAG)


def _named(text: str, *, field: str, most: int) -> str:
    require_line(text.strip(), field=field)
    name = " ".join(text.split())
    if not name:
        raise Invalid(_("Give it a name."), field=field)
    require_line(fold(name), field=field, max_length=FOLDS_TO * most)
    return require_line(name, field=field, max_length=most)
