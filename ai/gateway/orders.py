"""Whether a text speaks to a language model instead of to people (I11)."""

import re

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|rule|above|"
    r"previous|prior|guideline|polic)|\bsystem\s*(?:prompt|message|override)|\bjailbreak|"
    r"\bdeveloper mode|\byou are (?:now |an? |the )*(?:ai|assistant|language model|chat\s?bot|gpt)|"
    r"\bas an ai\b|\bnew instructions?\b|\b(?:api|secret) key\b|\bdo anything now\b|"
    r"<\|[a-z_]{1,20}\|>|\[/?inst\]|\bprompt injection",
    re.IGNORECASE | re.DOTALL,
)


def gives_orders(text: str) -> bool:
    """Whether the text tries to steer a model; a guess either way, nothing rests on it alone."""
    return bool(_ORDERS.search(text))
