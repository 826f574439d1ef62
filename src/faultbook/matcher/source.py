"""Read a log of any size and wrapping as blocks of whole lines, or line by line.

Plain text, gzip (RFC 1952, several members too) and zstd (RFC 8878) are told apart by their first bytes.
Offsets and line numbers are those of the text as it is, after decompression.
"""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from faultbook.matcher.line import MAX_LINE
from faultbook.problems import Refusal

BLOCK = 1 << 18
HEAD = 1 << 16
_FIRST_LINES, _LONG_LINE = 4096, 128
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BINARY_STARTS = (
    b"\x7fELF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"SQLite format 3\0",
    b"%PDF",
    b"BZh",
    b"\xfd7zXZ",
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b\x08\x00")) + b"\x7f"


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Block:
    """Whole lines of a log: `data` begins at byte `offset`, its first line has the 1-based number `line`."""

    data: bytes
    offset: int
    line: int


@dataclass(frozen=True)
class Line:
    """One line: 1-based `number`, byte `offset` of its start, `raw` without its line feed."""

    number: int
    offset: int
    raw: bytes


@dataclass
class Extent:
    """How much of a log has been read so far: bytes and lines (a last line without line feed counts)."""

    bytes: int = 0
    lines: int = 0


class Stream:
    """The text of a log, read once from start to end.

    `head` is its first HEAD bytes, still to be read; `is_plain` says that nothing had to be decompressed.
    """

    def __init__(self, raw: BinaryIO, is_plain: bool) -> None:
        self.is_plain = is_plain
        self._read_some = getattr(raw, "read1", raw.read)
        self._fault: Exception | None = None
        self._unread = b""
        self.head = self._unread = self.read(HEAD)

    def read(self, size: int) -> bytes:
        """About `size` bytes more, b"" at the end.

        What was decompressed before the data broke off is given first; the error is raised by the next call.
        """
        if self._unread:
            unread, self._unread = self._unread, b""
            return unread
        data = b"".join(self._parts(size))
        if not data and self._fault:
            raise self._fault
        return data

    def _parts(self, size: int) -> Iterator[bytes]:
        try:
            while size > 0 and (part := self._read_some(size)):
                size -= len(part)
                yield part
        except Exception as fault:  # kept, and raised when what came before it has been used
            self._fault = fault


@contextmanager
def opened(log: str | Path | BinaryIO, binary_too: bool = False) -> Iterator[Stream]:
    """The text of `log` as a binary stream, decompressed; `-` is standard input, an open file is left open.

    Raises `Refusal` when the file is missing, unreadable, a folder, a damaged archive, or binary (unless
    `binary_too`).
    """
    name = display_name(log)
    with _refusing(name):
        raw = _open(log)
        try:
            text = _unwrapped(raw)
            stream = Stream(text, is_plain=text is raw)
            if not binary_too and is_binary(stream.head):
                raise Refusal(f"{name}: is a binary file, not a log", "Give the text log, plain, gzip or zstd.")
            yield stream
        finally:
            if isinstance(log, str | Path) and str(log) != "-":
                raw.close()


def display_name(log: str | Path | BinaryIO) -> str:
    """How a log is called in messages: its path as given, or `-` for a stream without a name."""
    if isinstance(log, str | Path):
        return str(log)
    return str(getattr(log, "name", "-"))


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a program, picture or archive and not of a log.

    NUL bytes alone do not make a file binary: a log that was cut by a crash is often padded with them.
    """
    if head.startswith(_BINARY_STARTS):
        return True
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > len(head) // 20  # a tenth of evenly distributed bytes


def blocks(stream: Readable, size: int = BLOCK, extent: Extent | None = None) -> Iterator[Block]:
    """The stream cut into blocks of whole lines of about `size` bytes; `extent` counts them after each is used.

    Of a line longer than MAX_LINE the first MAX_LINE bytes are given; numbers and offsets stay true.
    """
    extent = extent if extent is not None else Extent()
    rest = b""
    while chunk := stream.read(size):
        data = rest + chunk if rest else chunk
        end = data.rfind(b"\n") + 1
        if end:
            rest = data[end:]
            data = data[:end] if rest else data
            yield Block(data, extent.bytes, extent.lines + 1)
            extent.lines += _line_feeds(data)
            extent.bytes += end
        elif len(data) > MAX_LINE:
            yield Block(data[:MAX_LINE], extent.bytes, extent.lines + 1)
            skipped, rest = _rest_of_line(stream, size)
            extent.bytes += len(data) + skipped
            extent.lines += 1
        else:
            rest = data
    if rest:
        yield Block(rest, extent.bytes, extent.lines + 1)
        extent.bytes += len(rest)
        extent.lines += rest.count(b"\n") + (not rest.endswith(b"\n"))


def _line_feeds(data: bytes) -> int:
    """How many line feeds end the lines of `data`, which ends with one.

    `bytes.count` looks at every byte. Where lines are long, as the first ones tell, a list of them is there sooner.
    """
    if data.count(b"\n", 0, _FIRST_LINES) * _LONG_LINE > _FIRST_LINES:
        return data.count(b"\n")
    return len(io.BytesIO(data).readlines())


def lines(log: str | Path | BinaryIO) -> Iterator[Line]:
    """Every line of a log, one at a time. Raises `Refusal` as `opened` does."""
    with opened(log) as stream:
        for block in blocks(stream):
            yield from lines_of(block)


def lines_of(block: Block) -> Iterator[Line]:
    """The lines of one block."""
    offset = block.offset
    for number, raw in enumerate(_split(block.data), block.line):
        yield Line(number, offset, raw)
        offset += len(raw) + 1


def _split(data: bytes) -> list[bytes]:
    """Lines without their line feed; unlike `splitlines`, only a line feed ends a line."""
    parts = data.split(b"\n")
    return parts[:-1] if data.endswith(b"\n") else parts


def _rest_of_line(stream: Readable, size: int) -> tuple[int, bytes]:
    """Read on to the end of an over-long line: (bytes passed over with the line feed, what follows it)."""
    skipped = 0
    while chunk := stream.read(size):
        end = chunk.find(b"\n") + 1
        if end:
            return skipped + end, chunk[end:]
        skipped += len(chunk)
    return skipped, b""


def _open(log: str | Path | BinaryIO) -> BinaryIO:
    if not isinstance(log, str | Path):
        return log
    return sys.stdin.buffer if str(log) == "-" else Path(log).open("rb")


def _unwrapped(raw: BinaryIO) -> BinaryIO:
    """The stream behind a gzip or zstd wrapping, or the stream itself."""
    start = raw.peek(4) if isinstance(raw, io.BufferedReader) else b""
    if start.startswith(_GZIP):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    return _zstd_file(raw) if start.startswith(_ZSTD) else raw


def _zstd_file(stream: BinaryIO) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd  # type: ignore[no-redef,unused-ignore]
    return cast(BinaryIO, zstd.ZstdFile(stream))


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Turn what can go wrong while reading into one message which names the file and the remedy."""
    try:
        yield
    except FileNotFoundError:
        raise Refusal(f"{name}: no such file", "Check the path.") from None
    except IsADirectoryError:
        raise Refusal(f"{name}: is a folder", "Give the log inside it.") from None
    except PermissionError:
        raise Refusal(f"{name}: not readable for you", "Check its permissions (ls -l).") from None
    except EOFError:
        raise Refusal(
            f"{name}: the compressed data ends too early; the file is truncated",
            "Fetch it again. To read what is there: `zcat FILE | faultbook diagnose -`.",
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Refusal(f"{name}: damaged gzip data ({error})", "Fetch the file again.") from None
    except Exception as error:
        # Known by name only: importing the decompressor to name its error would cost every start of the program.
        if type(error).__name__ == "ZstdError":
            raise Refusal(f"{name}: damaged zstd data ({error})", "Fetch the file again.") from None
        if not isinstance(error, OSError):
            raise
        raise Refusal(f"{name}: cannot be read ({error.strerror or error})", "Check the file and its disk.") from None
