"""The picture of `dagger/cache-snapshot`: what a cache consists of, by what keeps it, and by type."""

from collections import Counter, defaultdict

from faultbook.logs.retention import WHYS, Retention, Why
from faultbook.playbooks.dagger.snapshot_words import ODD, count, kinds, reason
from faultbook.playbooks.icicle import Icicle, Node

_SHORT: dict[Why, str] = {"life": "engine", "kept": "kept", "session": "session", "unnamed": "unnamed", "free": "free"}
_SHARE = 50
"""A type that makes less than this part of all results is put with others: its box would say nothing."""


def composition(held: Retention) -> Icicle:
    """The results of a dump, below the reason why they stay their types; reasons that ask for a look are coloured."""
    types: defaultdict[Why, Counter[str]] = defaultdict(Counter)
    for ident, hold in held.holds.items():
        types[hold.why][held.snapshot.results[ident].type or "(none)"] += 1
    least = len(held.holds) / _SHARE
    nodes = tuple(_node(held, why, types[why], least) for why in WHYS if why in types)
    words = f"{held.snapshot.name}: {count(len(held.holds), 'result')}, of these {kinds(held)}."
    heading = f"{held.snapshot.name}: why results stay, and their types"
    return Icicle("What the cache consists of", words, heading, nodes, lambda value: f"{value:,}")


def _node(held: Retention, why: Why, types: Counter[str], least: float) -> Node:
    is_ours = why in ODD and held.is_whole
    children = [Node(name, name, number, is_ours) for name, number in types.most_common() if number >= least]
    if rest := types.total() - sum(child.value for child in children):
        children.append(Node("other types", "others", rest, is_ours))
    return Node(reason(held, why), _SHORT[why], types.total(), is_ours, tuple(children))
