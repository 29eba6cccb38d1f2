"""What the operations of accounts look like, for the schema."""

from lms.kernel.rest.schema import shown

SIGN_IN = shown(
    sent={"email": "student@example.com", "password": "demo-cairn-2026"},
    told={
        "token": "cairn_3UAFOIFnKdRou9LO8zQr0CxxLIJHqxyLZT4Q-NFtZA0",
        "expires_at": "2026-12-29T07:28:31Z",
        "scopes": ["read", "write"],
    },
)
