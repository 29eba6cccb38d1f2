"""Which page of an attempt is shown, and what its buttons lead to."""

from typing import Any

from django.http import HttpRequest, QueryDict

from assessments.queries.attempt import AttemptSheet

MOST_DIGITS = 5


def shown_page(request: HttpRequest, sheet: AttemptSheet) -> dict[str, Any]:
    """The number of the page, its questions, and the pages before and after it; 0 is none.

    The address may ask for a page where one moves freely; otherwise it is where one left off.
    """
    attempt = sheet.attempt
    page = page_number(request.POST) or page_number(request.GET) or sheet.here
    if attempt.forward_only:
        page = attempt.page
    page = min(page, attempt.page_count)
    moves = attempt.page_count > 1 and not attempt.forward_only
    return {
        "page": page,
        "questions": [one for one in sheet.questions if one.page == page],
        "moves": moves,
        "previous_page": page - 1 if moves else 0,
        "next_page": page + 1 if moves and page < attempt.page_count else 0,
        "is_last": page == attempt.page_count,
    }


def page_number(data: QueryDict) -> int | None:
    """The page that a form or address names, from 1 on."""
    named = data.get("page", "")
    if not (named.isascii() and named.isdecimal() and len(named) <= MOST_DIGITS):
        return None
    return int(named) or None


def page_query(act: str) -> str:
    """The query and fragment that a button `page-2` or, for question 7 on it, `page-2-7` names."""
    numbers = [one for one in act.split("-")[1:] if one.isascii() and one.isdecimal()]
    page, question = [*numbers, "", ""][:2]
    return f"?page={page or 1}" + (f"#q{question}" if question else "")
