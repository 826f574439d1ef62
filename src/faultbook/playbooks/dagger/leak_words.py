"""The rule of `leak_rule` in words: what its outcome means, and what is missing for a better one."""

from collections.abc import Iterator

from faultbook.playbooks.dagger.leak_rule import REPEATS, Kind, Trend

KINDS: dict[Kind, str] = {
    "leak": "a leak: repeats leave entries behind for good",
    "doubt": "not decided: some repeats left entries behind, too few or too seldom for the rule",
    "growth": "growth by new work",
    "flat": "flat",
    "nothing": "nothing to be told: there are no two ends of sessions to compare",
}
NO_LOG = (
    "engine log of the same time: the ends of sessions in it tell new work from a leak, and how many sessions ran; "
    "scrapes alone tell only that entries rose"
)
NO_LINES = (
    "engine log at level debug with the ends of sessions (`released dagql cache refs for session ... "
    "afterRetainedCalls=`): this one has none"
)
NO_REPEATS = (
    f"repeats: run one and the same session once to warm up, then {REPEATS} and then 20 times more, with nobody else "
    "connected; without them no leak can be seen, and none excluded"
)
NO_SCRAPES = "scrapes: they tell how many entries there are while no session ends, and whether the engine was restarted"
FEW_SCRAPES = "more scrapes: after the warm-up, and after 1, 5 and 20 sessions more of the same kind"


def sentences(told: Trend) -> Iterator[str]:
    """The outcome, first what decides."""
    if told.kind == "leak":
        yield from _leak(told)
    elif told.kind == "doubt":
        yield (
            f"Not decided: {len(told.risen)} of {_repeats(told)} left {told.leaked:,} entries behind. "
            f"The rule wants at least {REPEATS} repeats and a third of them."
        )
    elif told.kind == "flat":
        yield f"Flat: {_range(told)} over {_repeats(told)}.{_too_few(told)}"
    if told.new_entries > 0:
        yield from _growth(told)


def _leak(told: Trend) -> Iterator[str]:
    first, second = told.halves()
    yield (
        f"Leak: {len(told.risen)} of {_repeats(told)} left entries behind, {told.leaked:,} in all, "
        "and no retained call for them."
    )
    if second * 2 < first:
        yield f"It slows down: {first:,} in the first half of the repeats, {second:,} in the second."


def _growth(told: Trend) -> Iterator[str]:
    """New work, and whether anything hides behind it."""
    spare = told.new_entries - told.new_retained
    yield (
        f"Growth by new work: {_sessions(len(told.others))} left {told.new_entries:,} entries more, "
        f"{told.new_retained:,} of them retained calls."
    )
    if told.repeats and not told.risen:
        yield f"The {_repeats(told)} between them left nothing behind."
    if spare <= 0:
        yield "Every new entry is a retained call: nothing leaked there."
    elif told.repeats and not told.risen:
        yield f"The other {spare:,} came with new work only; what retained calls are made of looks like that."
    else:
        yield f"Whether the other {spare:,} leaked cannot be told."


def _range(told: Trend) -> str:
    steps = sorted((*told.repeats, *told.others), key=lambda step: step.before.record.line)
    first, last = steps[0].before.entries, steps[-1].after.entries
    return f"{last:,} entries" if first == last else f"{first:,} to {last:,} entries"


def _too_few(told: Trend) -> str:
    return "" if len(told.repeats) >= REPEATS else " That is too few to exclude a leak."


def _repeats(told: Trend) -> str:
    return f"{len(told.repeats)} repeats" if len(told.repeats) != 1 else "1 repeat"


def _sessions(count: int) -> str:
    return f"{count} sessions" if count != 1 else "1 session"
