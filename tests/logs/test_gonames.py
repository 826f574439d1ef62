"""Names of Go functions, as they stand in the captured profiles."""

import pytest

from faultbook.logs.gonames import bare_name, package_of, short_name

DAGQL = "github.com/dagger/dagger/dagql"


@pytest.mark.parametrize(
    ("function", "package", "short", "bare"),
    [
        (f"{DAGQL}.(*Cache).wait.func1", DAGQL, "dagql.(*Cache).wait.func1", "wait.func1"),
        (f"{DAGQL}.Class[go.shape.*uint8].ForkObjectType", DAGQL, "dagql.Class.ForkObjectType", "Class.ForkObjectType"),
        (
            f"{DAGQL}.Result[go.shape.interface {{ Type() *github.com/vektah/gqlparser/v2/ast.Type }}].NthValue",
            DAGQL,
            "dagql.Result.NthValue",
            "Result.NthValue",
        ),
        (
            "github.com/hashicorp/go-set/v3.(*TreeSet[go.shape.uint64]).Insert",
            "github.com/hashicorp/go-set/v3",
            "hashicorp/go-set/v3.(*TreeSet).Insert",
            "Insert",
        ),
        ("maps.Clone[go.shape.map[string][]*a/b.Field[c],d]", "maps", "maps.Clone", "Clone"),
        ("main.main.func2.4", "main", "main.main.func2.4", "main.func2.4"),
        ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml%2ev3", "gopkg.in/yaml%2ev3.Unmarshal", "Unmarshal"),
        ("0x45c1f0", "0x45c1f0", "0x45c1f0", ""),
    ],
)
def test_a_name(function: str, package: str, short: str, bare: str) -> None:
    """Its package, and two short forms without type arguments."""
    assert (package_of(function), short_name(function), bare_name(function)) == (package, short, bare)
