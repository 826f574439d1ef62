// A configuration as a Praxis agent reads it: the same as faultbook.praxis.expand and .document, held against them by a test.
"use strict";
var faultbook = faultbook || {};

faultbook.praxisYaml = (() => {
  const { Composer, Lexer, Parser, isAlias, isCollection, isMap } = faultbookYaml;
  const DEEPEST = 10000; // where yaml.v3 stops
  const DEEPEST_HERE = 200; // the library calls itself for each level: a page must not run out of its stack
  const LONGEST = 1 << 18; // a second or two of reading; a file of people has some thousand characters
  const SPECIAL = "*#$@!?-0123456789";
  const NULLS = ["", "~", "null", "Null", "NULL"];
  const BOOLS = ["true", "True", "TRUE", "false", "False", "FALSE"];
  const FLOATS = /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
  const INTS = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/;
  const DATE = /^\d{4}-(\d{1,2})-(\d{1,2})(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/;
  const TAGS = { int: "int", float: "float64", bool: "bool", null: "nil", timestamp: "time.Time" };
  const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
  const SECTION = /(?:^|\n)(?:agent|p2p|http|mcp|llm|logging|prometheus) *:/;
  const UNSURE = /sufficiently indented|^Missing closing/; // the agent is laxer here than YAML and this library
  const UNSURE_WORDS = "; if it is closed further down, with less indentation, the agent does read it: the command can tell";

  /** A configuration the agent cannot read: `what` is wrong at 1-based `line`. */
  class Fault {
    constructor(what, line) {
      this.what = what;
      this.line = line;
    }
  }

  /** A text that is not checked here; the message says what to do. */
  class Refusal extends Error {}

  /** The text of a configuration as it was pasted. */
  function textOf(pasted) {
    const text = pasted.replace(/^\ufeff/, "");
    if (text.length > LONGEST) throw new Refusal("This is too long for a check in the page. Use the command.");
    if (!SECTION.test(text)) {
      throw new Refusal("This is no configuration of an agent: no section `agent:` in it. " +
        "Give the YAML file an agent is started with (`-config`, else configs/agent.yaml).");
    }
    return text;
  }

  /** Every `$NAME` in a text, as Go's os.Expand finds them; `offset` is 0-based, `line` 1-based. */
  function references(text) {
    const found = [];
    let [line, counted] = [1, 0];
    for (let at = text.indexOf("$"); at >= 0 && at < text.length - 1; ) {
      const [name, width] = nameAt(text, at + 1);
      [line, counted] = [line + breaks(text, counted, at), at];
      if (width) found.push({ written: text.slice(at, at + 1 + width), name, line, offset: at });
      at = text.indexOf("$", at + 1 + width);
    }
    return found;
  }

  function nameAt(text, at) {
    if (text[at] === "{") {
      const end = text.indexOf("}", at);
      return end < 0 ? [null, 1] : [text.slice(at + 1, end) || null, end + 1 - at];
    }
    if (SPECIAL.includes(text[at])) return [text[at], 1];
    const word = /[A-Za-z0-9_]*/y;
    word.lastIndex = at;
    const name = word.exec(text)[0];
    return name ? [name, name.length] : [null, 0];
  }

  function breaks(text, start, end) {
    let count = 0;
    for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count++;
    return count;
  }

  /** A text after the replacement; `lineOf` finds the way back. */
  class Expanded {
    constructor(text, found, pieces) {
      this.text = text;
      this.references = found;
      this.pieces = pieces; // where it begins, its line in the text as it was, is it a value
      this.breaks = Array.from(text.matchAll(/\n/g), (found) => found.index);
    }

    breaksBefore(offset) {
      return after(this.breaks, (at) => at >= offset);
    }

    lineOf(offset) {
      const at = Math.max(after(this.pieces, (piece) => piece[0] > offset) - 1, 0);
      const [start, line, isValue] = this.pieces[at];
      return isValue ? line : line + Math.max(this.breaksBefore(offset) - this.breaksBefore(start), 0);
    }
  }

  /** How many items stand before the first for which `is` holds; those after it hold, too. */
  function after(items, is) {
    let [low, high] = [0, items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (is(items[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** `text` as the agent sees it in this environment (a Map). A name that is not set is replaced by nothing. */
  function expanded(text, environment) {
    const found = references(text);
    const [parts, pieces] = [[], [[0, 1, false]]];
    let [kept, size] = [0, 0];
    for (const one of found) {
      const before = text.slice(kept, one.offset);
      const value = (one.name && environment.get(one.name)) || "";
      parts.push(before, value);
      kept = one.offset + one.written.length;
      pieces.push([size + before.length, one.line, true]);
      size += before.length + value.length;
      pieces.push([size, one.line + breaks(one.written, 0, one.written.length), false]);
    }
    return new Expanded([...parts, text.slice(kept)].join(""), found, pieces);
  }

  const asWritten = (text) => new Expanded(text, [], [[0, 1, false]]);

  /** A value of the document: looks into its node, which is { kind, start, end, tag, plain, value }. */
  class Value {
    constructor(node, told) {
      this.node = node;
      this.told = told;
    }

    get line() {
      return this.told.lineOf(this.node.start);
    }

    get goType() {
      return typeOf(this.node, new Set());
    }

    get isNull() {
      return this.goType === "nil";
    }

    get text() {
      return this.node.kind === "scalar" ? this.node.value : "";
    }

    items() {
      return this.node.kind === "seq" ? this.node.value.map((node) => new Value(node, this.told)) : [];
    }

    entries() {
      return entriesOf(this.node).map(([key, value]) => [new Value(key, this.told), new Value(value, this.told)]);
    }

    get(name) {
      const found = entriesOf(this.node).find(([key]) => (key.kind === "scalar" ? key.value : "") === name);
      return found ? new Value(found[1], this.told) : null;
    }
  }

  function typeOf(node, above) {
    if (node.kind === "scalar") return scalarType(node);
    if (node.kind === "seq") return "[]interface {}";
    if (above.has(node)) return "map[interface {}]interface {}"; // a key that is the mapping it stands in
    const inside = new Set(above).add(node);
    const words = entriesOf(node).every(([key]) => typeOf(key, inside) === "string");
    return words ? "map[string]interface {}" : "map[interface {}]interface {}";
  }

  function scalarType(node) {
    const tag = node.tag && node.tag.replace(/^tag:yaml\.org,2002:/, "");
    if (tag && Object.hasOwn(TAGS, tag)) return TAGS[tag];
    return node.plain && !tag ? typeOfPlain(node.value) : "string";
  }

  function typeOfPlain(word) {
    if (NULLS.includes(word)) return "nil";
    if (BOOLS.includes(word)) return "bool";
    if (isDate(word)) return "time.Time";
    const plain = word.replaceAll("_", "");
    if (INTS.test(plain) && /^[-+0-9]/.test(word)) return typeOfDigits(plain);
    return FLOATS.test(plain) && /^[-+.0-9]/.test(word) ? "float64" : "string";
  }

  function typeOfDigits(plain) {
    const digits = plain.replace(/^[-+]+/, "");
    const size = plain.length > 18 && /^[0-9]+$/.test(digits) ? BigInt(digits) : 0n;
    return size < 1n << 63n ? "int" : size < 1n << 64n ? "uint64" : "float64";
  }

  function isDate(word) {
    const found = DATE.exec(word);
    if (!found) return false;
    const [year, month, day] = [Number(word.slice(0, 4)) || 1, Number(found[1]), Number(found[2])];
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
  }

  const isMerge = (key) => key.kind === "scalar" && key.value === "<<" && key.plain;
  const merged = (node) => (node.kind === "seq" ? node.value : [node]);

  /** Keys and values of a mapping, those it takes over with `<<` last, each merged mapping once. */
  function entriesOf(root) {
    const found = new Map();
    const waiting = [root];
    const seen = new Set();
    for (const node of waiting) {
      if (node.kind !== "map" || seen.has(node)) continue;
      seen.add(node);
      for (const [key, value] of node.value) {
        if (isMerge(key)) for (const one of merged(value)) if (!seen.has(one)) waiting.push(one);
        const name = key.kind === "scalar" ? key.value : key;
        if (!isMerge(key) && !found.has(name)) found.set(name, [key, value]);
      }
    }
    return [...found.values()];
  }

  /** The first document; an empty one is null. Throws a `Fault`, or a `Refusal` where only this page cannot do it. */
  function parsed(told) {
    const bad = UNPRINTABLE.exec(told.text);
    if (bad) throw new Fault("control characters are not allowed", told.lineOf(bad.index));
    const source = told.text.replace(/\r(?!\n)|[\x85\u2028\u2029]/g, "\n"); // YAML 1.1 ends a line at these, too
    const made = tokens(source, told);
    const document = firstDocument(source, made);
    const tree = new Tree();
    const begins = made.find((token) => token.type === "document");
    const root = document ? tree.made(document.contents, 0, markIn(begins?.start)) : null;
    const wrong = document?.errors.find((error) => !isBehind(error, document.contents, source));
    if (wrong && !(tree.unknown && tree.unknown.start < wrong.pos[0])) {
      const last = Math.max(source.trimEnd().length - 1, 0); // the end of the text is on no line
      throw new Fault(wrong.message + (UNSURE.test(wrong.message) ? UNSURE_WORDS : ""), told.lineOf(Math.min(wrong.pos[0], last)));
    }
    if (tree.unknown) throw new Fault(`unknown anchor '${tree.unknown.name}' referenced`, told.lineOf(tree.unknown.start));
    return new Value(root || scalar(0, ""), told);
  }

  function firstDocument(source, made) {
    const composer = new Composer({ version: "1.1", schema: "failsafe", resolveKnownTags: false, uniqueKeys: false,
      keepSourceTokens: true, prettyErrors: false, logLevel: "silent" });
    for (const document of composer.compose(made, true, source.length)) return document;
    return null;
  }

  /** Whether an error stands where the first document has ended, so that the agent does not come to it. */
  function isBehind(error, root, source) {
    if (error.code !== "UNEXPECTED_TOKEN" || !root || error.pos[0] < root.range[1]) return false;
    const isBlock = ["block-map", "block-seq"].includes(root.srcToken?.type);
    return !isBlock || (root.range[0] > 0 && source[root.range[0] - 1] === " ");
  }

  /** The documents as the library's tokens, which are made without a stack: here depth is bounded. */
  function tokens(source, told) {
    const [parser, made] = [new Parser(), []];
    let deepest = 0;
    for (const word of new Lexer().lex(source)) {
      made.push(...parser.next(word));
      deepest = Math.max(deepest, parser.stack.length - 1);
      if (deepest > DEEPEST) throw new Fault(`exceeded max depth of ${DEEPEST}`, told.lineOf(parser.offset - 1));
    }
    if (deepest > DEEPEST_HERE) {
      throw new Refusal(`This is nested more than ${DEEPEST_HERE} deep, which is not checked in the page. Use the command.`);
    }
    return [...made, ...parser.end()];
  }

  const scalar = (at, value) => ({ kind: "scalar", start: at, end: at, tag: "", plain: true, value });

  /** Where the anchor or tag of a node begins, which stands in the tokens before it; Infinity when it has none. */
  function markIn(before, marks = ["anchor", "tag"]) {
    return (before || []).find((token) => marks.includes(token.type))?.offset ?? Infinity;
  }

  /** Makes nodes of the library's, an alias being the very node it names. */
  class Tree {
    constructor() {
      this.anchors = new Map();
      this.unknown = null;
    }

    /** The node of one of the library's; `at` is where an empty one stands, `mark` where its anchor or tag begins. */
    made(one, at, mark = Infinity) {
      if (!one) return scalar(at, "");
      const start = Math.min(one.range[0], mark);
      if (isAlias(one)) return this.named(one.source, start);
      const node = { ...scalar(start, one.source || ""), end: one.range[1], tag: one.tag || "", plain: one.type === "PLAIN" };
      if (one.anchor) this.anchors.set(one.anchor, node);
      if (isCollection(one)) this.fill(node, one);
      return node;
    }

    named(name, start) {
      const node = this.anchors.get(name);
      if (!node) this.unknown ||= { name, start };
      return node || scalar(start, "");
    }

    fill(node, one) {
      const parts = one.srcToken?.items || [];
      if (one.srcToken?.type === "block-map") {
        node.start = Math.min(node.start, markIn(parts[0].start, ["anchor", "tag", "explicit-key-ind"]));
      }
      node.kind = isMap(one) ? "map" : "seq";
      node.value = isMap(one)
        ? one.items.map((item) => this.pair(item, node))
        : one.items.map((item, number) => this.made(item, node.start, markIn(parts[number]?.start)));
    }

    pair({ key, value, srcToken }, { start }) {
      const name = this.made(key, srcToken?.start?.[0]?.offset ?? start, markIn(srcToken?.start));
      return [name, this.made(value, name.end, markIn(srcToken?.sep))];
    }
  }

  return { Expanded, Fault, Refusal, SPECIAL, Value, after, asWritten, entriesOf, expanded, isMerge, merged, parsed, textOf };
})();
