"""Tables of the AI app."""

from ai.models.budget import Budget, CachedAnswer, Reservation, Window
from ai.models.chunk import Chunk, ChunkVector
from ai.models.consent import AiConsent, AiCourse, AiSite, AiSwitch
from ai.models.draft import Draft
from ai.models.faq import Faq
from ai.models.ledger import AiCall, CallText
from ai.models.mark_draft import AnswerDraft, MarkDraft
from ai.models.piece import ContentPiece, Dependence, SourceDocument
from ai.models.provider import AllowedAddress, Price, Profile, Provider
from ai.models.tutor import Conversation, Exchange, TutorSetting

__all__ = [
    "AiCall",
    "AiConsent",
    "AiCourse",
    "AiSite",
    "AiSwitch",
    "AllowedAddress",
    "AnswerDraft",
    "Budget",
    "CachedAnswer",
    "CallText",
    "Chunk",
    "ChunkVector",
    "ContentPiece",
    "Conversation",
    "Dependence",
    "Draft",
    "Exchange",
    "Faq",
    "MarkDraft",
    "Price",
    "Profile",
    "Provider",
    "Reservation",
    "SourceDocument",
    "TutorSetting",
    "Window",
]
