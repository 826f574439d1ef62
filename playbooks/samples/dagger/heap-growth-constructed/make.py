"""Compose this sample from the captured sample dagger/heap-before-after; run it from the root of the checkout.

    PYTHONPATH=src python playbooks/samples/dagger/heap-growth-constructed/make.py

heap.1.pb.gz and metrics.1.txt are heap.1.pb.gz and metrics.before.txt of that sample, byte by byte. The second and the
third profile are the first one with the values of one stack multiplied, taken 10 and 20 minutes later; the scrapes have
the memory that goes with them and the same entries.
"""

import gzip
import io
import re
import shutil
from pathlib import Path

from faultbook.logs.pprof_schema import new_profile

HERE = Path(__file__).parent
SOURCE = HERE.parent / "heap-before-after"
FUNCTION = b"github.com/dagger/dagger/engine/server.(*Server).initializeDaggerClient"
TIMES = {2: 25, 3: 49}
LATER = 600


def main() -> None:
    shutil.copyfile(SOURCE / "heap.1.pb.gz", HERE / "heap.1.pb.gz")
    shutil.copyfile(SOURCE / "metrics.before.txt", HERE / "metrics.1.txt")
    for number, times in TIMES.items():
        profile = new_profile()
        profile.ParseFromString(gzip.decompress((SOURCE / "heap.1.pb.gz").read_bytes()))
        grown = multiply(profile, times)
        profile.time_nanos += LATER * 10**9 * (number - 1)
        (HERE / f"heap.{number}.pb.gz").write_bytes(packed(profile))
        scrape = (SOURCE / "metrics.before.txt").read_text()
        (HERE / f"metrics.{number}.txt").write_text(later(scrape, grown, LATER * (number - 1)))


def multiply(profile, times: int) -> int:
    """Multiply the values of the stack from FUNCTION to maps.clone; returns the bytes in use that this adds."""
    names = {one.id: profile.string_table[one.name].encode() for one in profile.function}
    frames = {one.id: [names[line.function_id] for line in one.line] for one in profile.location}
    added = 0
    for sample in profile.sample:
        stack = [name for ident in sample.location_id for name in frames[ident]]
        if stack[0] == b"maps.clone" and FUNCTION in stack and sample.value[3]:
            added += sample.value[3] * (times - 1)
            sample.value[:] = [value * times for value in sample.value]
    return added


def packed(profile) -> bytes:
    """The bytes as Go's runtime orders them: type and size of the period first."""
    head = new_profile()
    head.period_type.CopyFrom(profile.period_type)
    head.period = profile.period
    profile.ClearField("period_type")
    profile.ClearField("period")
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as file:
        file.write(head.SerializeToString() + profile.SerializeToString(deterministic=True))
    return out.getvalue()


def later(scrape: str, grown: int, seconds: int) -> str:
    """The scrape after `grown` more bytes in use: memory and the time of the last collection, nothing else."""
    memory = "go_memstats_(?:heap_)?(?:alloc|inuse|sys)_bytes|process_(?:resident|virtual)_memory_bytes"
    text = re.sub(rf"(?m)^({memory}) (.*)$", lambda one: f"{one[1]} {float(one[2]) + grown:.9g}", scrape)
    last = "go_memstats_last_gc_time_seconds"
    return re.sub(rf"(?m)^({last}) (.*)$", lambda one: f"{one[1]} {float(one[2]) + seconds:.3f}", text)


main()
