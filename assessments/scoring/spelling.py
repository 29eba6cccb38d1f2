"""Slips of the pen: how far a typed word may lie from the accepted one."""

SHORT, MIDDLE = 5, 8


def slips_allowed(text: str) -> int:
    """None below five characters, one for five to eight, two above."""
    length = len(text)
    if length < SHORT:
        return 0
    return 1 if length <= MIDDLE else 2


def is_close(given: str, accepted: str) -> bool:
    """Whether `given` is `accepted` but for the slips that its length allows."""
    allowed = slips_allowed(accepted)
    return given == accepted or (allowed > 0 and distance(given, accepted, allowed) <= allowed)


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, replace or swap with their neighbour; `most + 1` when more.

    The Damerau-Levenshtein distance. Only cells within `most` of the diagonal are worked out, so
    that long texts cost no more than their length.
    """
    far = most + 1
    if abs(len(one) - len(other)) > most:
        return far
    # rows[n + 1] is the row after n characters of `one`; rows[0] is never reached.
    rows: list[dict[int, int]] = [{}, {c: c for c in range(min(most, len(other)) + 1)}]
    last_row: dict[str, int] = {}
    for row, char in enumerate(one, start=1):
        cells = {0: row} if row <= most else {}
        last_column = 0
        for column in range(max(1, row - most), min(len(other), row + most) + 1):
            same = char == other[column - 1]
            near = last_row.get(other[column - 1], 0)
            swapped = (
                rows[near].get(last_column - 1, far) + (row - near) + (column - last_column) - 1
            )
            cells[column] = min(
                rows[row].get(column - 1, far) + (not same),
                rows[row].get(column, far) + 1,
                cells.get(column - 1, far) + 1,
                swapped,
                far,
            )
            last_column = column if same else last_column
        rows.append(cells)
        last_row[char] = row
    return rows[-1].get(len(other), far)
