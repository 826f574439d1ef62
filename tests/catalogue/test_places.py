"""Which log goes to which parameter of a playbook."""

from faultbook.catalogue.model import Playbook
from faultbook.catalogue.places import distribute, in_order, natural

PLAYBOOK = Playbook(
    "toy/compare",
    "t",
    "s",
    {"after": "toy/dump", "before": "toy/dump", "log": "toy/log", "scrapes": "toy/scrape"},
    needs="log",
    default_sample="toy/one",
    many=("scrapes",),
)


def test_each_log_goes_where_its_kind_is_taken() -> None:
    """Parameters of one kind are filled in the order of their names, one with a list takes all; the rest is left."""
    logs = [("x", None), ("d1", "toy/dump"), ("d2", "toy/dump"), ("d3", "toy/dump"), ("s1", "toy/scrape")]
    given = distribute(PLAYBOOK, [*logs, ("l", "toy/log"), ("s2", "toy/scrape")])
    assert given == {"after": "d1", "before": "d2", "log": "l", "scrapes": ["s1", "s2"]}


def test_what_is_not_there_is_none_or_an_empty_list() -> None:
    """Every parameter has a value."""
    assert distribute(PLAYBOOK, []) == {"after": None, "before": None, "log": None, "scrapes": []}


def test_a_list_takes_what_single_parameters_leave() -> None:
    """One kind for a single parameter and a list: the single one comes first."""
    playbook = Playbook("t/p", "t", "s", {"all": "t/l", "best": "t/l"}, "all", "t/s", ("all",))
    assert distribute(playbook, [("1", "t/l"), ("2", "t/l"), ("3", "t/l")]) == {"best": "1", "all": ["2", "3"]}


def test_what_the_playbook_needs_comes_first() -> None:
    """The order in which a command names the logs."""
    given = distribute(PLAYBOOK, [("d", "toy/dump"), ("s", "toy/scrape"), ("l", "toy/log")])
    assert list(in_order(PLAYBOOK, given)) == ["l", "d", "s"]


def test_numbers_in_names_sort_as_numbers() -> None:
    """`log.2` before `log.10`, whatever stands around."""
    assert sorted(["log.10", "log.2", "a", "log.2.gz", "1"], key=natural) == ["1", "a", "log.2", "log.2.gz", "log.10"]
