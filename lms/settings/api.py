"""What the schema says first: what holds for every operation."""

INTRODUCTION = """\
The API of the Cairn learning management system. Everything under `/api/v1/` obeys what follows.

**Sign in.** `POST /api/v1/auth/token/` gives a token for `Authorization: Bearer …`; it ends at
`expires_at` or with `DELETE /api/v1/me/tokens/{id}/`. On this site's own pages the session cookie
works too; then whatever writes also sends the CSRF token as `X-CSRFToken`. A token without the
scope `write` only reads. *Who may* in each operation says which roles may use it.

**Values.** An `id` is 22 characters of text. Times are ISO 8601 in UTC with seconds, days are
`2026-11-30`. Scores and points are decimals as text (`"7.5000"`), shares are numbers from 0 to 1.
A field with `html` in its name is HTML that was made safe. A path, such as `url` of a file or a
notification, is of this site.

**Lists** are `{count, next, previous, results}`: `page` from 1, `page_size` at most 200, 20
without it; a page behind the last is 404. Filters, `ordering` and `search` are named by each
list; a value that is none of theirs is 400.

**Errors** are `application/problem+json`: `title` and `detail` are words for people, `code` is for
programs, `errors` has the words for each field (`events.0.at` for one inside a list), `id` is what
the log of the server calls the request. 401: sign in. 403: you see it, but may not do this. 404:
it is missing, or not yours to know of. 409: `code` says what stands in the way. 429: wait as many
seconds as `Retry-After` says.

**Two writers.** What is changed by an operation that names `If-Match` is read with an `ETag`. Send
it along, and a change of what somebody else changed since is 412 and changes nothing. On reading,
`If-None-Match` is 304 while nothing changed.

**Twice.** An operation that names `Idempotency-Key` answers a request with the same key like the
first one, for 24 hours. What carries a `client_id` of yours is kept once.

**Jobs.** What takes long answers 202 with a `job` and its address in `Location`: read it until its
`state` is `succeeded`, `failed` or `cancelled`, or listen to `/ws/me/`. With `Prefer: wait=10` the
first answer waits up to so many seconds and is 200 if the job ended.

**Files** are sent as `multipart/form-data`. Reading one gives a `url` that works without a token,
for five minutes.

**Sockets** open with a ticket of `POST /api/v1/ws-tickets/`; `docs/realtime.md` has their frames.
"""
