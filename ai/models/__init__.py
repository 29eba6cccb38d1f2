"""Tables of the AI app."""

from ai.models.chunk import Chunk, ChunkVector
from ai.models.draft import Draft
from ai.models.faq import Faq
from ai.models.ledger import AiCall
from ai.models.tutor import Conversation, Exchange, TutorSetting

__all__ = [
    "AiCall",
    "Chunk",
    "ChunkVector",
    "Conversation",
    "Draft",
    "Exchange",
    "Faq",
    "TutorSetting",
]
