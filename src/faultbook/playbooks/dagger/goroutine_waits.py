"""Who waits for whom in a dump of the Dagger engine.

A call and the evaluation of a lazy result run in a goroutine of their own, and the one that wants them waits: dagql's
`getOrInitCall` and `evaluateOne` start it, so that `created by ... in goroutine N` leads from the work to who waits for
it. One that waits and has started nothing waits for what another one has started: another request, or another session.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from faultbook.logs.gonames import short_name
from faultbook.logs.goroutine_dump import Group, Member
from faultbook.playbooks.dagger.goroutine_roles import Counted, Role, field_of, is_in_charge

_STARTERS = ("dagql.(*Cache).getOrInitCall", "dagql.(*Cache).evaluateOne", "core.(*ContainerExecState).Evaluate")
_DEEPEST = 50
_FOR: dict[Role, str] = {"call": "a call", "result": "a result"}


@dataclass(frozen=True, slots=True)
class Link:
    """A goroutine in a chain; `depth` counts those who wait for it. `waits_for` is the id of the next in the chain.

    `is_shared`: it waits for something that another chain has started.
    """

    depth: int
    role: Role
    group: Group
    member: Member
    waits_for: int | None
    is_shared: bool

    @property
    def field(self) -> str | None:
        """The API function it works on."""
        return field_of(self.group)

    def in_words(self) -> str:
        """What it waits for, or does."""
        if self.waits_for is not None:
            return f"waits for {self.waits_for}"
        if self.is_shared:
            return f"waits for {_FOR[self.role]} that somebody else has started"
        return {"command": "runs a command", "lock": f"waits for a lock ({self.group.state})"}.get(
            self.role, f"is in {self.group.state}"
        )


def chains(groups: Iterable[Counted]) -> list[Link]:
    """All chains, one after the other, each from the one nobody waits for; of big groups the members that are kept."""
    known = {member.id: (one, member) for one in groups if _takes_part(one) for member in one.group.members}
    started = {member.creator: ident for ident, (one, member) in known.items() if _is_waited_for(one.group)}
    first = [ident for ident, (one, member) in known.items() if not _has_waiter(one.group, member, known)]
    return [link for ident in first for link in _chain(ident, known, started)]


def _chain(ident: int, known: dict[int, tuple[Counted, Member]], started: dict[int | None, int]) -> Iterator[Link]:
    depth = 0
    following: int | None = ident
    while following is not None and depth < _DEEPEST:
        one, member = known[following]
        following = started.get(member.id)
        is_shared = following is None and one.role in _FOR
        yield Link(depth, one.role, one.group, member, following, is_shared)
        depth += 1


def _takes_part(one: Counted) -> bool:
    """Whether it can be in a chain; of the goroutines around a running command only the one in charge is."""
    return one.role not in ("own", "client") and (one.role != "command" or is_in_charge(one.group))


def _is_waited_for(group: Group) -> bool:
    return short_name(group.created_by or "").startswith(_STARTERS)


def _has_waiter(group: Group, member: Member, known: dict[int, tuple[Counted, Member]]) -> bool:
    return _is_waited_for(group) and member.creator in known
