"""What can go wrong, in words a person can act on. Edges map these once; nobody else does."""

from collections.abc import Mapping, Sequence


class KernelError(Exception):
    """Base of all expected errors.

    `detail` is a sentence for people, `code` a stable word for programs.
    """

    status = 500
    code = "error"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class SignInRequired(KernelError):
    """Nobody is signed in and the door is not public."""

    status = 401
    code = "sign_in_required"

    def __init__(self, detail: str = "Sign in to do this.", *, code: str | None = None) -> None:
        super().__init__(detail, code=code)


class Denied(KernelError):
    """The asker sees the object but may not do this with it."""

    status = 403
    code = "denied"

    def __init__(
        self, detail: str = "You are not allowed to do this.", *, code: str | None = None
    ) -> None:
        super().__init__(detail, code=code)


class NotFound(KernelError):
    """Missing, or not visible to the asker: the two look the same."""

    status = 404
    code = "not_found"

    def __init__(self, detail: str = "Not found.", *, code: str | None = None) -> None:
        super().__init__(detail, code=code)


class Invalid(KernelError):
    """Input that cannot be used. `errors` maps a field's name to its messages."""

    status = 400
    code = "invalid"

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(detail, code=code)
        self.errors: dict[str, list[str]] = {k: list(v) for k, v in (errors or {}).items()}
        if field is not None:
            self.errors.setdefault(field, []).append(detail)


class Conflict(KernelError):
    """The request was well formed but the present state refuses it."""

    status = 409
    code = "conflict"


class Stale(KernelError):
    """The object changed since the asker read it (If-Match)."""

    status = 412
    code = "stale"

    def __init__(
        self,
        detail: str = "This was changed by somebody else. Reload it and try again.",
        *,
        code: str | None = None,
    ) -> None:
        super().__init__(detail, code=code)


class Throttled(KernelError):
    """Too many requests; `retry_after` is in seconds."""

    status = 429
    code = "throttled"

    def __init__(self, detail: str, *, retry_after: int, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class Unavailable(KernelError):
    """Something this needs is down; trying again later may work."""

    status = 503
    code = "unavailable"
