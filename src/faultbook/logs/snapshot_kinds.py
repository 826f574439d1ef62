"""The fields of a dump of the Dagger engine's cache, and what a file without them is, told by how it begins.

Source: `CacheDebugSnapshot` and `CacheDebugResult` in dagql/cache_debug.go of dagger v0.21.8 and v1.0.0-beta.11, and
the answers in cmd/engine/debug.go.
"""

import re

from faultbook.logs.snapshot_stream import REMEDY
from faultbook.problems import Refusal
from faultbook.report.lines import shown

HEAD = ("trace_format_version", "boot_id", "captured_at_seq", "captured_at_time")
LISTS = ("session_results", "results", "result_digest_indexes", "terms", "result_terms", "digests", "eq_classes")
"""Lists that are written even when they are empty."""
CALLS = ("ongoing_calls", "ongoing_arbitrary_calls", "completed_arbitrary_calls")
"""Lists that are left out when they are empty."""
OF_A_RESULT = frozenset(
    (
        "shared_result_id",
        "output_eq_class_ids",
        "record_type",
        "description",
        "type_name",
        "incoming_ownership_count",
        "has_value",
        "payload_state",
        "has_persisted_edge",
        "persisted_edge_unpruneable",
        "explicit_dep_ids",
        "held_dependency_results_count",
        "snapshot_links",
        "result_call",
        "result_call_recipe_digest",
        "result_call_recipe_digest_error",
        "result_call_content_preferred_digest",
        "result_call_content_preferred_digest_error",
        "result_call_input_digests",
        "result_call_input_digests_error",
        "associated_term_ids",
        "indexed_digests",
        "expires_at_unix",
        "created_at_unix_nano",
        "last_used_at_unix_nano",
        "cache_usage_size_by_identity",
        "persisted_envelope_kind",
        "persisted_envelope_type_name",
    )
)

_ANSWERS = {
    "engine server not available": "the engine was not ready (503)",
    "dagql cache not available": "the engine had no cache yet (503)",
    "404 page not found": "the engine has no such address (404): it is older than v0.21, or the path is mistyped",
}
"""What the debug address says instead of a dump, and what it means."""
_FIRST = re.compile(r'[\ufeff\s]*\{\s*(?:"([^"]*)"|"?[^"]*\Z)')
_SHOWN = 40


def refuse_others(name: str, head: bytes) -> None:
    """Raise `Refusal` unless `head`, the first bytes of the file `name`, begins an object with a field of a dump."""
    text = head.decode("utf-8", "replace").strip()
    found = _FIRST.match(text)
    if not found:
        raise Refusal(f"{name}: {_what_it_is(text)}", REMEDY)
    if found[1] and found[1] not in (*HEAD, *LISTS, *CALLS):
        raise Refusal(f"{name}: is JSON, but no cache dump: its first field is {shown(found[1], _SHOWN)}", REMEDY)


def _what_it_is(text: str) -> str:
    if not text:
        return "is empty: was the debug address reached?"
    for answer, meaning in _ANSWERS.items():
        if text.startswith(answer):
            return f"is no dump, but an answer: {meaning}"
    if text.startswith("<"):
        return "is an HTML page and no cache dump"
    return f"is no cache dump: it begins with {shown(text, _SHOWN)}"
