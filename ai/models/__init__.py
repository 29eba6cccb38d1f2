"""Tables of the AI app."""

from ai.models.draft import Draft
from ai.models.ledger import AiCall

__all__ = ["AiCall", "Draft"]
