"""Print how many queries the course list takes; run in a process of its own with a token."""

import sys

import django

LIST = "/api/v1/courses/"
CASES = {
    "as it answers": LIST,
    "computed each time": f"{LIST}?n=1",
    "searched, computed each time": f"{LIST}?search=course&n=1",
    "200 rows instead of 20, computed each time": f"{LIST}?page_size=200&n=1",
}


def main(token: str) -> str:
    """Each case asked as the token's person; the first after it was asked once before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    headers = {"Authorization": f"Bearer {token}"}
    client.get(LIST, headers=headers)
    found = []
    for name, address in CASES.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address, headers=headers)
        if answer.status_code != 200:
            message = f"{address} answered {answer.status_code}"
            raise RuntimeError(message)
        found.append(f"{name} {len(asked)}")
    return "; ".join(found)


if __name__ == "__main__":
    django.setup()
    print(main(sys.argv[1]))
