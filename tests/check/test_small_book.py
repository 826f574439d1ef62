"""The fixture itself."""

from tests.small_book import SmallBook


def test_the_small_book_has_no_problem(book: SmallBook) -> None:
    """The book the other tests break is sound."""
    assert book.complaints() == []
