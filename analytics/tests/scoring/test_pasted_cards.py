"""A card a line: what separates, what is skipped, what is refused by its line."""

from analytics.scoring.pasted_cards import MOST_LINES, pasted_cards


def test_a_line_is_a_card_by_tab_or_semicolon() -> None:
    text = "#separator:tab\n\nChad ; N'Djamena\nMali\tBamako; on the Niger\r\nA;B;C\n"
    found = pasted_cards(text, max_side=50)
    assert [(one.line, one.front, one.back) for one in found.cards] == [
        (3, "Chad", "N'Djamena"),
        (4, "Mali", "Bamako; on the Niger"),
        (5, "A", "B;C"),
    ]
    assert found.problems == []


def test_lines_that_make_no_card_say_why() -> None:
    text = "no back\n;back\n ; \nfront;" + "x" * 51 + "\nA;B\n# a heading; kept\nA ; B"
    found = pasted_cards(text, max_side=50)
    assert [one.line for one in found.cards] == [5, 6]
    assert [(one.line, one.words) for one in found.problems] == [
        (1, "There is no back: put a tab or a semicolon between the two sides."),
        (2, "The front is empty."),
        (3, "Both sides are empty."),
        (4, "A side has at most 50 characters."),
        (7, "The same as line 5."),
    ]


def test_a_text_has_an_end() -> None:
    found = pasted_cards("\n".join(f"{n};x" for n in range(900)), max_side=50)
    assert (len(found.cards), len(found.problems)) == (MOST_LINES, 1)
    assert found.problems[0].words == "At most 500 cards at once."


def test_so_do_its_problems() -> None:
    found = pasted_cards("\n".join("nothing behind" for _ in range(2_000)), max_side=50)
    assert (len(found.cards), len(found.problems)) == (0, MOST_LINES)


def test_a_table_is_read_by_the_names_of_its_columns() -> None:
    text = (
        "\ufefffront,back,course,state,outcome\r\n"
        '"What, then?","First\nsecond; third",Rivers,draft,\r\n'
        "\r\n"
        "'=1+1,two,Rivers,draft,R1\r\n"
        "No back,,Rivers,draft,\r\n"
    )
    found = pasted_cards(text, max_side=50)
    assert [(one.line, one.front, one.back) for one in found.cards] == [
        (2, "What, then?", "First\nsecond; third"),
        (5, "=1+1", "two"),
    ]
    assert [(one.line, one.words) for one in found.problems] == [(6, "The back is empty.")]
    # Columns in another order, as a spreadsheet of another language saves them.
    other = pasted_cards("Deck;Back;Front\nA;To the sea;Where does it flow?\nB\n", max_side=50)
    assert [(one.front, one.back) for one in other.cards] == [("Where does it flow?", "To the sea")]
    assert [one.words for one in other.problems] == ["Both sides are empty."]


def test_what_is_no_table_stays_a_list_of_lines() -> None:
    found = pasted_cards('front of a house;"façade"\nback;behind', max_side=50)
    assert [(one.front, one.back) for one in found.cards] == [
        ("front of a house", '"façade"'),
        ("back", "behind"),
    ]
