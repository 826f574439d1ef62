"""The sessions with Dagger of one agent while its log is read: begun by a call, ready or not, closed later on."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from faultbook.logs.praxis.agent import Message, Printed, Step
from faultbook.logs.praxis.calls import Session


@dataclass
class SessionBook:
    """Sessions by their numbers. `current` is the one that calls use now; `dots` are the last the SDK printed."""

    sessions: dict[int, Session] = field(default_factory=dict)
    current: int | None = None
    dots: Printed | None = None
    _count: int = 0
    _waiting: deque[int] = field(default_factory=deque)
    _open: deque[int] = field(default_factory=deque)

    def restart(self) -> None:
        """The process is new: it has no session."""
        self.current, self.dots = None, None
        self._waiting.clear()
        self._open.clear()

    def begin(self, opener: int, message: Message) -> int:
        """Somebody connects; the answer is the number of the session."""
        self._count += 1
        self.sessions[self._count] = Session(self._count, opener, message)
        self._waiting.append(self._count)
        return self._count

    def ready(self, message: Message) -> int:
        """The connection that was begun first stands, and is used from now on; the answer is the call that made it."""
        if not self._waiting:
            self.begin(0, message)
        number = self._waiting.popleft()
        self.sessions[number] = replace(self.sessions[number], ready=message, dots=self.dots)
        if self.dots:
            self._open.append(number)
        self.current = number
        return self.sessions[number].opener

    def fail(self, number: int | None) -> None:
        """A connection could not be had."""
        if number is not None and number in self._waiting:
            self._waiting.remove(number)
            del self.sessions[number]

    def close(self, step: Step) -> None:
        """The oldest session that is still open has ended. One that came from the environment never says so."""
        if self._open:
            number = self._open.popleft()
            self.sessions[number] = replace(self.sessions[number], closed=step)

    def take_over(self, dots: Printed | None, closed: Sequence[Step]) -> None:
        """Add what another file has of the same sessions: the dots, and the ends in their order."""
        for number, session in self.sessions.items():
            self.sessions[number] = replace(session, dots=session.dots or dots)
        self._open = deque(self.sessions if dots else ())
        for step in closed:
            self.close(step)
