"""On which page of an attempt each of its questions stands."""

from collections.abc import Hashable, Sequence

from assessments.enums import Layout


def page_numbers(sections: Sequence[Hashable], layout: Layout) -> list[int]:
    """The page of each question, from 1 on; `sections` says in which section each stands.

    Questions of a section stand together; sections without questions have no page.
    """
    if layout == Layout.QUESTION:
        return list(range(1, len(sections) + 1))
    if layout == Layout.ALL:
        return [1] * len(sections)
    pages: list[int] = []
    for place, section in enumerate(sections):
        turns = place > 0 and section != sections[place - 1]
        pages.append((pages[-1] if pages else 1) + turns)
    return pages
