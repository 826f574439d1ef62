"""The playbook that looks for a secret: it finds the usual forms, and never shows what it looks for."""

import base64
import json
import textwrap
from pathlib import Path
from urllib.parse import quote

import pytest

from faultbook.catalogue.model import Catalogue
from faultbook.playbooks.dagger import secret_in_output
from faultbook.playbooks.dagger.secret_forms import forms, read_secret
from faultbook.playbooks.runs import arguments
from faultbook.playbooks.verdict import Verdict
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples"
SAMPLE = SAMPLES / "dagger" / "secret-not-masked-constructed"
SECRET = 'S3cr3t/Tök"en+With&Odd=Ch?rs'
LONG = "".join(f"{number:03}-abcXYZ/" for number in range(20))


def search(tmp_path: Path, secret: str, *printed: str) -> secret_in_output.Case:
    """The case of a log in which a step printed these lines."""
    lines = [f"9   : [0.1s] | {text}" for text in printed]
    log = tmp_path / "cli.log"
    log.write_text(
        "\n".join(["1   : connect", "9   : withExec sh", *lines, "9   : Container.withExec DONE [0.1s]", ""])
    )
    (tmp_path / "value").write_text(secret + "\n")
    return secret_in_output.read(str(log), secret_file=str(tmp_path / "value"))


def everything(case: secret_in_output.Case) -> str:
    """All that a notebook could show of it."""
    verdict = case.verdict()
    bundles = [case.overview()._repr_mimebundle_(), case.places()._repr_mimebundle_(), verdict._repr_mimebundle_()]
    texts = map(json.dumps, bundles)
    return "\n".join([*texts, case.picture().as_svg(), case.picture().alternative, repr(case)])


def confirmed(verdict: Verdict) -> list[str]:
    return [one.failure.id for one in verdict.confirmed]


def test_the_matrix(real_catalogue: Catalogue) -> None:
    """Nothing without a file that holds the secret; the constructed sample has one."""
    about, wrong = real_catalogue.playbooks[secret_in_output.PLAYBOOK], {}
    for sample in real_catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        given = arguments(about, sample)
        case = secret_in_output.read(**{name: f"{SAMPLES}/{sample.id}/{file}" for name, file in given.items() if file})
        assert case.picture().as_svg().startswith("<svg")
        found, wanted = (
            confirmed(case.verdict()),
            sorted(one.id for one in real_catalogue.shown_by(sample.id) if one.playbook == secret_in_output.PLAYBOOK),
        )
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {}


def test_the_captured_base64_is_found() -> None:
    """With the line feed that `echo` adds; the masked lines beside it are counted."""
    case = secret_in_output.read(str(SAMPLE / "cli.log"))
    assert [(one.number, one.form) for one in case.found] == [(48, "base64")]
    assert case.places().rows == [["cli.log:48", "base64", "step 12, a command in a container"]]
    assert case.masks == {"cli.log": 2}
    assert case.verdict().confirmed[0].evidence == (("cli.log", 48, "[the secret, base64; the line is not shown]"),)


def test_without_the_secret_nothing_is_claimed() -> None:
    """It says what to give, and how."""
    captured = SAMPLES / "dagger" / "secret-printed"
    case = secret_in_output.read(str(captured / "cli.log"), str(captured / "engine.log"))
    verdict = case.verdict()
    assert confirmed(verdict) == [] and any("secret.txt" in text for text in verdict.missing)
    assert not any("none of" in text.lower() for text in verdict.says)


ENCODED = SECRET.encode()
PRINTED = {
    "base64": base64.b64encode(ENCODED).decode(),
    "base64 behind one byte": base64.b64encode(b"x" + ENCODED + b"yy").decode(),
    "base64 behind two bytes": base64.b64encode(b"user:pw "[:2] + ENCODED).decode(),
    "base64 for URLs": base64.urlsafe_b64encode(ENCODED).decode(),
    "hexadecimal": ENCODED.hex(),
    "hexadecimal, large": ENCODED.hex().upper(),
    "od": ENCODED.hex(" "),
    "xxd": " ".join(ENCODED.hex()[place : place + 4] for place in range(0, 2 * len(ENCODED), 4)),
    "URL": f"https://x/?t={quote(SECRET, safe='')}&u=1",
    "JSON": json.dumps({"token": SECRET}),
    "reversed": SECRET[::-1],
    "upper": SECRET.upper(),
    "lower": SECRET.lower(),
    "start": SECRET[: len(SECRET) * 3 // 4] + "…",
    "end": "…" + SECRET[len(SECRET) // 4 :],
    "plain": SECRET,
}


@pytest.mark.parametrize("form", PRINTED)
def test_each_form_is_found_and_none_is_shown(form: str, tmp_path: Path) -> None:
    """Neither the value nor the line, in whatever a notebook shows."""
    case = search(tmp_path, SECRET, "nothing here", PRINTED[form], "nor here")
    assert [one.number for one in case.found] == [4], form
    assert confirmed(case.verdict()) == [secret_in_output.FAILURE]
    shown = everything(case)
    for piece in (SECRET[:8], SECRET[-8:], PRINTED[form][:10], PRINTED[form][-10:], json.dumps(SECRET)[1:9]):
        assert piece not in shown, form


def test_a_command_line_that_holds_it_is_found_and_not_shown(tmp_path: Path) -> None:
    """Titles of steps are commands; the picture names calls only."""
    log, value = tmp_path / "cli.log", tmp_path / "value"
    value.write_text("tok-5f1d7c93a8")
    log.write_text(
        f"9   : withExec curl -H {value.read_text()}\n9   : [0.1s] | hello\n9   : Container.withExec DONE [0.1s]\n"
    )
    case = secret_in_output.read(str(log), secret_file=str(value))
    assert [(one.number, one.form) for one in case.found] == [(1, "plain, not masked")]
    assert "9 Container.withExec" in case.picture().as_svg() and "tok-5f1d" not in everything(case)


def test_a_long_secret_is_found_though_it_is_wrapped(tmp_path: Path) -> None:
    """`base64` breaks its lines after 76 characters."""
    wrapped = textwrap.wrap(base64.b64encode(b"a" + LONG.encode()).decode(), 76)
    case = search(tmp_path, LONG, *wrapped)
    assert {one.number for one in case.found} >= {3, 2 + len(wrapped)}


def test_each_line_of_a_key_is_looked_for(tmp_path: Path) -> None:
    """A program that prints one line of a key leaks it."""
    case = search(tmp_path, "-----BEGIN KEY-----\nabcdefghijkl\nmnopqrstuvwx", "x mnopqrstuvwx y")
    assert [one.number for one in case.found] == [3]


def test_what_is_alike_is_not_taken_for_it(tmp_path: Path) -> None:
    """Another secret, the mask, and half of this one."""
    other = base64.b64encode(b"S3cr4t/another value").decode()
    case = search(tmp_path, SECRET, other, "***", SECRET[: len(SECRET) // 2])
    assert case.found == () and confirmed(case.verdict()) == []
    assert any(text.startswith("None of") for text in case.verdict().says)


def test_the_engine_log_is_searched_as_well(tmp_path: Path) -> None:
    """A secret that was given as an ordinary argument stands there."""
    case = search(tmp_path, SECRET)
    engine = tmp_path / "engine.log"
    engine.write_text(
        f'time="2026-11-21T05:04:11Z" level=info msg="starting container" args="[/.init x {SECRET[:24]}"\n'
    )
    case = secret_in_output.read(str(tmp_path / "cli.log"), str(engine), str(tmp_path / "value"))
    assert case.places().rows == [["engine.log:1", "cut at its end", "the engine"]]


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"abc\n", "fewer than"), (b"", "fewer than"), (b"\xff\xfe" * 9, "no UTF-8"), (b"x" * 70_000, "no secret")],
)
def test_what_is_no_secret_is_refused_without_being_shown(content: bytes, word: str, tmp_path: Path) -> None:
    """Too short, empty, binary, too large."""
    path = tmp_path / "value"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=f"value: .*{word}") as refused:
        read_secret(str(path))
    assert "abc" not in str(refused.value) + refused.value.remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """One that was named must be there."""
    with pytest.raises(Refusal, match="value: the file with the secret cannot be read"):
        read_secret(str(tmp_path / "value"))


def test_needles_are_no_part_of_what_a_form_shows() -> None:
    """A form that ends in a message or a debugger names itself only."""
    assert all(form.needle not in repr(form) for form in forms(SECRET))
