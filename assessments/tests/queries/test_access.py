import pytest

from assessments.queries.access import is_within


@pytest.mark.parametrize(
    ("address", "networks", "within"),
    [
        ("10.1.2.3", [], True),
        ("", [], True),
        ("10.1.2.3", ["10.1.0.0/16"], True),
        ("10.2.2.3", ["10.1.0.0/16"], False),
        ("10.2.2.3", ["10.1.0.0/16", "10.2.2.3/32"], True),
        ("::ffff:10.1.2.3", ["10.1.0.0/16"], True),
        ("2001:db8::7", ["2001:db8::/32"], True),
        ("2001:db8::7", ["10.1.0.0/16"], False),
        ("", ["10.1.0.0/16"], False),
        ("nonsense", ["0.0.0.0/0"], False),
    ],
)
def test_an_address_lies_in_a_network_or_not(
    address: str, networks: list[str], within: bool
) -> None:
    assert is_within(address, networks) is within
