"""Words as people count them."""


def word_count(text: str) -> int:
    """How many runs of characters between white space hold a letter or digit."""
    return sum(any(char.isalnum() for char in word) for word in text.split())
