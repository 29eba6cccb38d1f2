"""What categories, tags and outcomes may be called, wherever their names come from."""

from typing import Final

from django.utils.translation import gettext as _

from assessments.scoring.folding import fold
from lms.kernel.errors import Invalid
from lms.kernel.text import require_line

MAX_CATEGORY: Final = 100
MAX_TAG: Final = 50
MAX_CODE: Final = 30
MAX_OUTCOME_TITLE: Final = 200
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


def outcome_code(text: str, *, field: str = "code") -> str:
    """The code of a learning outcome on one line; raises Invalid for `field`."""
    code = require_line(text.strip(), field=field, max_length=MAX_CODE)
    require_line(fold(code), field=field, max_length=FOLDS_TO * MAX_CODE)
    if not code:
        raise Invalid(_("Give it a code."), field=field)
    return code


def outcome_title(text: str, *, field: str = "title") -> str:
    """The title of a learning outcome on one line; raises Invalid for `field`."""
    title = require_line(text.strip(), field=field, max_length=MAX_OUTCOME_TITLE)
    if not title:
        raise Invalid(_("Say what learners should be able to do."), field=field)
    return title


def _named(text: str, *, field: str, most: int) -> str:
    require_line(text.strip(), field=field)
    name = " ".join(text.split())
    if not name:
        raise Invalid(_("Give it a name."), field=field)
    require_line(fold(name), field=field, max_length=FOLDS_TO * most)
    return require_line(name, field=field, max_length=most)
