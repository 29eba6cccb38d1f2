"""Compare texts the way a fair reader would."""

import unicodedata


def fold(text: str, *, case: bool = True, accents: bool = False) -> str:
    """`text` with white space collapsed and compatible characters unified (NFKC).

    `case` also folds upper and lower case, `accents` also drops combining marks, so that
    "Curaçao" equals "curacao". Folding a folded text changes nothing.
    """
    folded = unicodedata.normalize("NFKC", text)
    if case:
        folded = unicodedata.normalize("NFKC", folded.casefold())
    if accents:
        parts = unicodedata.normalize("NFKD", folded)
        bare = "".join(c for c in parts if not unicodedata.combining(c))
        folded = unicodedata.normalize("NFKC", bare)
    return " ".join(folded.split())
