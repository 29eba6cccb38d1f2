"""Text of people: rendered, cleaned, split, searched and checked in one place (C1, C4)."""

from lms.kernel.text.blocks import BlockDraft, Document, KnownBlock, render_document, split_blocks
from lms.kernel.text.guard import (
    is_line,
    is_storable,
    require_clean,
    require_line,
    require_text,
)
from lms.kernel.text.markdown import MAX_SOURCE, PIPELINE_VERSION, Profile, render_markdown
from lms.kernel.text.math import readable_math
from lms.kernel.text.plain import plain_text
from lms.kernel.text.sanitize import clean_html

__all__ = [
    "MAX_SOURCE",
    "PIPELINE_VERSION",
    "BlockDraft",
    "Document",
    "KnownBlock",
    "Profile",
    "clean_html",
    "is_line",
    "is_storable",
    "plain_text",
    "readable_math",
    "render_document",
    "render_markdown",
    "require_clean",
    "require_line",
    "require_text",
    "split_blocks",
]
