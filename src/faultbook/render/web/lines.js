// What a signature sees of a line: the same as faultbook.matcher.line, held against it line by line by a test.
"use strict";
var faultbook = faultbook || {};

faultbook.lines = (() => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  const LF = 10;

  /** Expressions of the catalogue (`line` in its data) made ready. */
  function rules(line) {
    return {
      escapes: new RegExp(line.escapes, "gus"),
      prefix: new RegExp(`^(?:${line.prefix})`, "us"),
      max: line.max,
    };
  }

  /** The first `count` characters (code points, as Python counts). */
  function head(text, count) {
    const units = text.slice(0, 2 * count);
    return /[\ud800-\udbff]/.test(units) ? Array.from(units).slice(0, count).join("") : text.slice(0, count);
  }

  function stripEscapes(text, { escapes }) {
    return text.includes("\x1b") ? withoutReturns(text.replace(escapes, "")) : text;
  }

  function withoutReturns(text) {
    let end = text.length;
    while (end && text.charCodeAt(end - 1) === 13) end--;
    return end === text.length ? text : text.slice(0, end);
  }

  function stripPrefix(text, { prefix }) {
    if (!mayHavePrefix(text)) return text;
    const found = prefix.exec(text);
    if (found) return text.slice(found[0].length);
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }

  /** Most lines have no prefix; cheap looks spare them the expression. */
  function mayHavePrefix(text) {
    const first = text.charCodeAt(0);
    if ((first > 47 && first < 58) || first === 91 || first === 0xfeff) return true;
    return near(text, "\t", 201) || near(text, " | ", 120);
  }

  /** Whether `sought` stands within the first `count` characters. */
  function near(text, sought, count) {
    const at = text.indexOf(sought);
    if (at < 0 || at >= 2 * count) return false;
    return at + sought.length <= count || head(text, count).includes(sought);
  }

  /** The text of a line from its bytes, without its line feed. */
  function clean(bytes, rule) {
    let end = bytes.length;
    while (end && (bytes[end - 1] === 13 || bytes[end - 1] === LF)) end--;
    return cleanText(decoder.decode(bytes.subarray(0, end)), rule);
  }

  /** The same for a line that is decoded. */
  function cleanText(text, rule) {
    return stripPrefix(stripEscapes(withoutReturns(text), rule), rule);
  }

  /** Where a character (0-based) of the cleaned text stands in the raw line: [characters, bytes] before it. */
  function rawPlace(bytes, column, rule) {
    const pieces = characters(bytes);
    const text = pieces.map((piece) => piece.text).join("");
    const gone = new Set();
    for (const found of text.matchAll(rule.escapes)) {
      const start = Array.from(text.slice(0, found.index)).length;
      const length = Array.from(found[0]).length;
      for (let at = start; at < start + length; at++) gone.add(at);
    }
    const kept = pieces.map((_, index) => index).filter((index) => !gone.has(index));
    const plain = kept.map((index) => pieces[index].text).join("");
    const length = Array.from(stripPrefix(plain, rule)).length;
    const shown = kept.slice(kept.length - length);
    const place = column < shown.length ? shown[column] : pieces.length;
    return [place, pieces.slice(0, place).reduce((sum, piece) => sum + piece.bytes, 0)];
  }

  /** The characters of a raw line with the number of bytes of each; an invalid sequence is one U+FFFD. */
  function characters(bytes) {
    let end = bytes.length;
    while (end && (bytes[end - 1] === 13 || bytes[end - 1] === LF)) end--;
    const found = [];
    for (let at = 0; at < end; ) {
      const length = sequence(bytes, at, end);
      const text = decoder.decode(bytes.subarray(at, at + length));
      found.push({ text, bytes: length });
      at += length;
    }
    return found;
  }

  /** The bytes of the character at `at`, or of the longest start of one that is cut (Unicode 15, section 3.9). */
  function sequence(bytes, at, end) {
    const first = bytes[at];
    const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    let length = 1;
    while (length <= more && at + length < end) {
      const byte = bytes[at + length];
      let [low, high] = [0x80, 0xbf];
      if (length === 1) {
        if (first === 0xe0) low = 0xa0;
        if (first === 0xed) high = 0x9f;
        if (first === 0xf0) low = 0x90;
        if (first === 0xf4) high = 0x8f;
      }
      if (byte < low || byte > high) break;
      length++;
    }
    return length;
  }

  /** How a line is shown: on one line, control characters made visible, cut to `length` characters. */
  function shown(text, length = 240) {
    const cut = Array.from(text).length > length ? head(text, length - 1) + "…" : text;
    return cut.replace(/(?! )[\p{C}\p{Z}]/gu, (char) => {
      if (char === "\t") return "    ";
      const code = char.codePointAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    });
  }

  return { rules, clean, cleanText, rawPlace, head, shown, decoder, encoder, LF };
})();
