"""The playbook on memory, without a kernel: what it compares, what it says, and when it confirms growth."""

import gzip
import re
from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.logs.heap import Heap, read_heap
from faultbook.logs.pprof_schema import new_profile
from faultbook.playbooks.dagger import growth, memory
from faultbook.playbooks.dagger.growth_rule import FLAT, feigned, is_flat
from faultbook.playbooks.dagger.memory import Case
from faultbook.playbooks.icicle import Node
from faultbook.playbooks.runs import arguments
from faultbook.playbooks.verdict import Verdict

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
NEAR_MISS, GROWTH = SAMPLES / "heap-before-after", SAMPLES / "heap-growth-constructed"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


def case(folder: Path, *profiles: str, scrapes: str = "metrics*") -> Case:
    """The case of some profiles in a folder, all of them without a name, and its scrapes."""
    given = [folder / name for name in profiles] or sorted(folder.glob("heap*"))
    return memory.read([str(path) for path in given], [str(path) for path in sorted(folder.glob(scrapes))])


def confirmed(verdict: Verdict) -> list[str]:
    return [one.failure.id for one in verdict.confirmed]


def no_growth(one: Case) -> str:
    """The sentence that says why growth is not confirmed."""
    verdict = one.verdict()
    assert confirmed(verdict) == []
    return next(text for text in verdict.says if text.startswith("No growth over the same work is shown: "))


def test_the_matrix(catalogue: Catalogue) -> None:
    """On every sample with a heap profile it confirms exactly the pages that name both."""
    about, seen = catalogue.playbooks[memory.PLAYBOOK], set()
    for sample in catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        seen.add(sample.id)
        folder = ROOT / "playbooks" / "samples" / sample.id
        given = {name: [f"{folder}/{file}" for file in files or []] for name, files in arguments(about, sample).items()}
        found = sorted(confirmed(memory.read(**given).verdict()))
        wanted = sorted(one.id for one in catalogue.shown_by(sample.id) if one.playbook == memory.PLAYBOOK)
        assert (sample.id, found) == (sample.id, wanted)
    assert seen >= {"dagger/heap-before-after", "dagger/heap-growth-constructed"}


def test_every_file_of_a_heap_is_recognised(catalogue: Catalogue) -> None:
    """Profiles by their first bytes, texts by their words; nothing else in any sample is one."""
    found = {
        f"{sample.id}/{file.name}"
        for sample in catalogue.samples.values()
        for file in sample.files
        if file.log == "dagger/heap-profile"
    }
    wanted = {f"dagger/{path.parent.name}/{path.name}" for path in SAMPLES.glob("heap-*/heap*")}
    assert len(wanted) == 10 and found == wanted


def test_growth_over_the_same_work() -> None:
    """The evidence: both numbers, and the entries beside them."""
    verdict = case(GROWTH).verdict()
    assert confirmed(verdict) == [memory.GROWTH]
    assert verdict.confirmed[0].evidence == (
        ("heap.3.pb.gz", 1, "in use 90.9 MiB; in heap.1.pb.gz 42.6 MiB"),
        ("metrics.1.txt", 6, "dagger_dagql_cache_entries 4408"),
        ("metrics.3.txt", 6, "dagger_dagql_cache_entries 4408"),
    )
    assert any("initializeDaggerClient > core/schema.(*CoreSchemaBase).Fork" in text for text in verdict.says)
    assert verdict.missing == ()
    assert case(GROWTH).packages().rows == [["maps", "1.0 MiB", "49.3 MiB", "+48.3 MiB"]]


def test_growth_by_new_work_is_none() -> None:
    """40 MiB more and 5,640 entries more: the near miss."""
    says = case(NEAR_MISS).verdict().says
    assert any("42.6 MiB to 82.4 MiB, +39.7 MiB" in text for text in says)
    assert any("rose from 4,408 to 10,048: 7.2 KiB for each new entry" in text for text in says)
    assert no_growth(case(NEAR_MISS)).endswith("shown: the entries of the cache are not flat.")


def test_which_profiles_are_totals() -> None:
    """Seven files, two totals; a text stands for the profile of its second, and a difference for nothing."""
    rows = {row[0]: (row[2], row[3], row[4]) for row in case(NEAR_MISS).overview().rows}
    assert list(rows) == [
        "heap.1.pb.gz",
        "heap.1.txt",
        "heap.diff.txt",
        "heap.delta-10s.pb.gz",
        "heap.delta-10s.txt",
        "heap.2.pb.gz",
        "heap.2.txt",
    ]
    assert rows["heap.1.pb.gz"] == ("total", "42.6 MiB", "metrics.before.txt")
    assert rows["heap.2.txt"] == ("text of heap.2.pb.gz", "82.4 MiB", "metrics.after.txt")
    assert rows["heap.delta-10s.pb.gz"] == ("difference over 10 s: no total", "-11.5 MiB", "")
    assert rows["heap.diff.txt"] == ("difference: no total", "+40.2 MiB", "")
    assert any(text.endswith("heap.diff.txt, heap.delta-10s.pb.gz.") for text in case(NEAR_MISS).verdict().says)


def test_a_text_with_base_in_which_all_grew(tmp_path: Path) -> None:
    """It bears the time of its base and another total: no second total of that second."""
    text = (NEAR_MISS / "heap.diff.txt").read_text()
    (tmp_path / "heap.diff.txt").write_text("\n".join(line for line in text.split("\n") if " -" not in f" {line}"))
    assert not read_heap(tmp_path / "heap.diff.txt").is_difference
    one = memory.read([str(NEAR_MISS / "heap.1.pb.gz"), str(tmp_path / "heap.diff.txt")])
    assert [taken.in_words() for taken in one.profiles] == ["total", "difference: no total"]


def test_a_difference_is_no_text_of_a_total(tmp_path: Path) -> None:
    """Not even where second and sum are the same by chance."""
    text = """Type: inuse_space
Time: 2026-11-21 05:00:07 UTC
Showing nodes accounting for 43655kB, 99% of 44000kB total
      flat  flat%   sum%        cum   cum%
   43700kB   100%   100%    43700kB   100%  a.b
     -45kB  0.10% 99.90%      -45kB  0.10%  a.c
"""
    (tmp_path / "heap.diff.txt").write_text(text)
    one = memory.read([str(NEAR_MISS / "heap.1.pb.gz"), str(tmp_path / "heap.diff.txt")])
    assert [taken.in_words() for taken in one.profiles] == ["total", "difference: no total"]


def test_the_order_is_that_of_time() -> None:
    """Not of the names, nor of the arguments."""
    backwards = [str(GROWTH / f"heap.{number}.pb.gz") for number in (3, 1, 2)]
    assert [taken.name for taken in memory.read(backwards).profiles] == [f"heap.{number}.pb.gz" for number in (1, 2, 3)]


def test_texts_alone_are_compared() -> None:
    """Without stacks: packages and functions."""
    one = case(NEAR_MISS, "heap.1.txt", "heap.2.txt")
    assert one.functions().rows[0] == [
        "dagql.(*Cache).ensureEqClassForDigestLocked",
        "0.0 MiB",
        "4.6 MiB",
        "+4.6 MiB",
        "+4.6 MiB",
    ]
    assert one.picture().roots[0].label == "dagql"


def test_one_profile_shows_what_is_in_use() -> None:
    """And asks for a second one."""
    one = case(NEAR_MISS, "heap.1.pb.gz", scrapes="none")
    assert one.packages().headings == ["package", "in use"] and one.packages().rows[0] == ["dagql", "19.1 MiB"]
    assert one.picture().heading == "In use by path: 42.6 MiB"
    verdict = one.verdict()
    assert verdict.says == () and [text[:30] for text in verdict.missing] == [
        "a second heap profile (?gc=1) ",
        "scrapes of /metrics right afte",
    ]


def test_a_difference_alone_shows_changes() -> None:
    """With their signs; nothing is compared."""
    one = case(NEAR_MISS, "heap.delta-10s.pb.gz")
    assert one.functions().headings == ["function", "change", "with callees"]
    assert one.functions().rows[0] == ["go.etcd.io/bbolt/internal/common.ReadInodeFromPage", "-2.5 MiB", "-2.5 MiB"]
    assert confirmed(one.verdict()) == []


@pytest.mark.parametrize(
    ("metric", "value", "says"),
    [
        ("dagger_connected_clients", "1", "somebody was connected"),
        ("dagger_dagql_cache_entries", "4453", "the entries of the cache are not flat"),
        ("process_start_time_seconds", "1.79523800e+09", "the engine was started anew in between"),
        (
            "go_memstats_last_gc_time_seconds",
            "1.7952383e+09",
            "no scrape shows a garbage collection at the time of heap.3",
        ),
    ],
)
def test_what_speaks_against_growth(tmp_path: Path, metric: str, value: str, says: str) -> None:
    """One number of the last scrape decides."""
    for number in (1, 3):
        text = (GROWTH / f"metrics.{number}.txt").read_text()
        changed = re.sub(rf"(?m)^{metric} .*$", f"{metric} {value}", text) if number == 3 else text
        (tmp_path / f"metrics.{number}.txt").write_text(changed)
    profiles = [str(GROWTH / f"heap.{number}.pb.gz") for number in (1, 3)]
    assert confirmed(memory.read(profiles, sorted(map(str, GROWTH.glob("metrics*")))).verdict()) == [memory.GROWTH]
    assert says in no_growth(memory.read(profiles, sorted(map(str, tmp_path.iterdir()))))


def test_growth_within_the_noise_of_sampling() -> None:
    """24 MiB of 43 could be chance: the first two of the three profiles prove nothing."""
    assert "by more than sampling can feign" in no_growth(case(GROWTH, "heap.1.pb.gz", "heap.2.pb.gz"))


def changed(name: str, path: Path, times: int = 1, build: str | None = None) -> str:
    """A profile of the sample with its values multiplied, or of another build; returns its path."""
    profile = new_profile()
    profile.ParseFromString(gzip.decompress((GROWTH / name).read_bytes()))
    for sample in profile.sample:
        sample.value[:] = [value * times for value in sample.value]
    if build:
        profile.string_table[profile.mapping[0].build_id] = build
    head = new_profile()
    head.period_type.CopyFrom(profile.period_type)
    head.period = profile.period
    profile.ClearField("period_type")
    profile.ClearField("period")  # Go's runtime writes these two first, and by that a profile is recognised
    path.write_bytes(head.SerializeToString() + profile.SerializeToString())
    return str(path)


def test_a_heap_that_fell_on_the_way(tmp_path: Path) -> None:
    """Up, far down and up again is work, not a leak."""
    middle = changed("heap.2.pb.gz", tmp_path / "heap.2.pb", times=4)
    paths = [str(GROWTH / "heap.1.pb.gz"), middle, str(GROWTH / "heap.3.pb.gz")]
    one = memory.read(paths, sorted(map(str, GROWTH.glob("metrics*"))))
    assert no_growth(one).endswith("shown: it fell on the way.")


def test_two_builds_of_the_engine(tmp_path: Path) -> None:
    """Another program may need more."""
    last = changed("heap.3.pb.gz", tmp_path / "heap.3.pb", build="another")
    one = memory.read([str(GROWTH / "heap.1.pb.gz"), last], sorted(map(str, GROWTH.glob("metrics*"))))
    assert no_growth(one).endswith("shown: the profiles are of two builds of the engine.")


def test_without_scrapes_nothing_is_confirmed() -> None:
    """Nobody knows whether it was new work."""
    assert "no scrape shows a garbage collection" in no_growth(case(GROWTH, scrapes="none"))


def test_what_sampling_can_feign() -> None:
    """Four standard errors of both sums, each at most the root of 512 KiB times the sum."""
    one, two = (read_heap(GROWTH / f"heap.{number}.pb.gz") for number in (1, 3))
    assert feigned(one, two) == round(4 * (524288 * (44702720 + two.total)) ** 0.5)
    text = read_heap(NEAR_MISS / "heap.1.txt")
    assert feigned(text, text) == feigned(one, one)


@pytest.mark.parametrize(("before", "after", "flat"), [(4408, 4452, True), (4408, 4453, False), (4408, 4300, False)])
def test_flat_entries(before: int, after: int, flat: bool) -> None:
    """A hundredth, up or down; unknown is not flat."""
    assert FLAT == 0.01 and is_flat(before, after) == flat
    assert not is_flat(None, after) and not is_flat(before, None)


def test_the_process_is_divided() -> None:
    """Objects, heap, what Go holds, the process, and the rest."""
    rows = case(NEAR_MISS).process().rows
    assert rows[0] == ["metrics.before.txt", "4,408", "38.1 MiB", "63.0 MiB", "74.2 MiB", "147.1 MiB", "73.0 MiB"]
    assert rows[1] == ["metrics.after.txt", "10,048", "80.0 MiB", "161.6 MiB", "185.2 MiB", "291.3 MiB", "106.1 MiB"]


def made(stacks: dict[tuple[str, ...], int]) -> Heap:
    """A heap of a few stacks."""
    flat = {stack[-1]: value for stack, value in stacks.items()}
    return Heap(False, False, None, 0.0, "", 524288, sum(stacks.values()), flat, flat, stacks)


def test_the_tree_of_paths() -> None:
    """Plumbing is left out, a recursion is one call, small boxes are dropped, and one package is one box."""
    own = "github.com/dagger/dagger/dagql"
    stacks = {
        ("net/http.serve", f"{own}.A", "sync.Do", f"{own}.B", f"{own}.A", f"{own}.B", "maps.clone"): 90,
        ("net/http.serve", f"{own}.A", f"{own}.C"): 8,
        ("runtime.main", "regexp.compile"): 2,
    }
    (root,) = growth.tree(stacks, 0.03)
    assert (root.label, root.value, root.is_ours) == ("dagql.A", 98, True)
    first, second = root.children
    assert (first.label, first.value, first.children[0].label) == ("dagql.B", 90, "maps.clone")
    assert (second.label, second.short, second.value, second.children) == ("dagql.C", "C", 8, ())


def test_a_recursion_over_packages_is_one_call() -> None:
    """A query inside a query is no other path."""
    query, field = "github.com/dagger/dagger/dagql.Q", "github.com/dagger/dagger/core.F"
    (root,) = growth.tree({(query, field, query, field, "a.b"): 3, (query, field, "a.b"): 4}, 0.03)
    assert (root.label, root.value, root.children[0].label) == ("dagql.Q", 7, "core.F")
    assert root.children[0].children == (Node("a.b", "b", 7),)


def test_only_what_grew_is_a_path() -> None:
    """What shrank or stayed is in the tables, not in the picture."""
    before, after = made({("a.a",): 5, ("b.b",): 5, ("c.c",): 5}), made({("a.a",): 9, ("b.b",): 5, ("d.d",): 1})
    assert growth.grown_stacks(before, after) == {("a.a",): 4, ("d.d",): 1}
    changes = [(row.name, row.grew) for row in growth.by_function(before, after)]
    assert changes == [("c.c", -5), ("a.a", 4), ("d.d", 1), ("b.b", 0)]
