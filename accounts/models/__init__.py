"""People and their API tokens."""

from accounts.models.people import User
from accounts.models.tokens import ApiToken

__all__ = ["ApiToken", "User"]
