"""How a line of a log is shown: on one line, not too long, nothing a terminal would obey."""

SHOWN = 240
"""Characters of a line that are shown."""


def shown(text: str, length: int = SHOWN) -> str:
    """`text` with control characters made visible, cut to `length` characters."""
    if len(text) > length:
        text = text[: length - 1] + "…"
    return "".join(char if char.isprintable() or char == " " else _visible(char) for char in text)


def _visible(char: str) -> str:
    return "    " if char == "\t" else f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
