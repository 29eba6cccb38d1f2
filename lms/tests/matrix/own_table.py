"""Who takes a copy of their data along, and who ends their account."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body
from lms.tests.matrix.run import Row
from lms.tests.world import PASSWORD

API = [
    Row(
        f"POST {V1}/me/export/",
        p.signed_in(writes=True),
        body=body(password=PASSWORD),
    ),
    Row(f"POST {V1}/me/export/", p.signed_in(400, writes=True), body=body(), note="no password"),
    # The only administrator stays.
    Row(
        f"POST {V1}/me/erase/",
        p.signed_in(204, writes=True) | {"admin": 409},
        body=body(password=PASSWORD),
    ),
    Row(
        f"POST {V1}/me/erase/",
        p.signed_in(400, writes=True),
        body=body(password="another one than it is"),
        note="a wrong password",
    ),
]
