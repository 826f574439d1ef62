// A diagnosis in the page: the findings of faultbook.diagnose, held against them on every sample by a test.
"use strict";
var faultbook = faultbook || {};

faultbook.diagnosis = (() => {
  const { lines } = faultbook;
  const BLOCK = 1 << 20;
  const HEAD = 1 << 16;
  const FIRST_LINES = 200;
  const EVIDENCE_KEPT = 20;
  const UNEXPLAINED_SHOWN = 10;
  const TEXT_KEPT = 2000;
  const CONTEXT = 2;
  const CAPACITY = 2000;
  const VARIABLE = /\b[A-Za-z_]*[0-9][A-Za-z0-9_]*/g;
  const STARTS = ["\x7fELF", "\x89PNG", "\xff\xd8\xff", "PK\x03\x04", "SQLite format 3\0", "%PDF", "BZh", "\xfd7zXZ"];

  /** The catalogue made ready; `data` is what the site's signatures.js holds. */
  class Catalogue {
    constructor(data) {
      this.data = data;
      this.line = lines.rules(data.line);
      this.failures = new Map(data.failures.map((failure) => [failure.id, failure]));
      this.logs = [...data.logs].sort((a, b) => (a.id < b.id ? -1 : 1));
      this.marks = this.logs
        .filter((log) => log.recognised_by.length)
        .map((log) => [log.id, new RegExp(log.recognised_by.map((mark) => `(?:${mark})`).join("|"), "us")]);
      this.books = new Map();
    }

    /** The rules of a log; null: of unknown origin, searched for everything. */
    book(log) {
      if (!this.books.has(log)) this.books.set(log, new RuleBook(this.data, log));
      return this.books.get(log);
    }

    /** Whether a log is searched through a view of it. */
    viewOf(log) {
      return this.logs.find((one) => one.id === log)?.view || "";
    }

    /** The id of the log that begins with these bytes, null for an unknown one. */
    logOf(head) {
      const bytes = head.subarray(0, HEAD);
      for (const log of this.logs) {
        for (const magic of log.magic || []) if (hex(bytes, magic.length / 2) === magic) return log.id;
      }
      if (isBinary(bytes)) return null;
      const counts = new Map(this.marks.map(([id]) => [id, 0]));
      for (const raw of firstLines(bytes)) {
        const text = lines.clean(raw, this.line);
        for (const [id, mark] of this.marks) if (mark.test(text)) counts.set(id, counts.get(id) + 1);
      }
      let best = null;
      for (const [id, count] of counts) if (count > (best ? counts.get(best) : 0)) best = id;
      return best;
    }
  }

  /** The rules of one log, and which of them a line may match: told by four letters in a row of each. */
  class RuleBook {
    constructor(data, log) {
      this.rules = [...rulesOf(data, log)];
      this.grams = new Map();
      this.bits = new Uint8Array(1 << 16);
      this.always = [];
      this.marked = new Int32Array(this.rules.length);
      this.round = 0;
      this.rules.forEach((rule, index) => {
        if (!rule.letters.length || rule.ignoreCase) this.always.push(index);
        else for (const letters of rule.letters) this.know(packed(letters), index);
      });
    }

    know(gram, index) {
      if (!this.grams.has(gram)) this.grams.set(gram, []);
      this.grams.get(gram).push(index);
      this.bits[slot(gram)] = 1;
    }

    /** The indexes of the rules that may match a line, in order. */
    candidates(text) {
      const { bits, grams, marked, always } = this;
      const round = ++this.round;
      let found = always;
      let gram = 0;
      for (let at = 0; at < text.length; at++) {
        gram = (gram << 8) | (text.charCodeAt(at) & 255);
        if (bits[Math.imul(gram, 0x9e3779b1) >>> 16] === 0) continue;
        for (const index of grams.get(gram) || NONE) {
          if (marked[index] === round) continue;
          marked[index] = round;
          if (found === always) found = [...always];
          found.push(index);
        }
      }
      return found === always ? always : found.sort((a, b) => a - b);
    }
  }

  function* rulesOf(data, log) {
    for (const failure of data.failures) {
      for (const signature of failure.signatures) {
        if (log === null || log === signature.log) {
          yield rule(signature.pattern, signature.letters, signature.ignore_case, { failure: failure.id, signature });
        }
      }
    }
    for (const known of data.logs) {
      if (log !== null && log !== known.id) continue;
      for (const noise of known.noise) yield rule(noise.pattern, noise.letters, false, { noise: true });
      for (const error of known.error_like) yield rule(error.pattern, error.letters, false, {});
    }
    if (log === null) yield rule(data.any_error, NONE, true, {});
  }

  function rule(pattern, letters, ignoreCase, purpose) {
    return { regex: new RegExp(pattern, ignoreCase ? "ius" : "us"), letters, ignoreCase, ...purpose };
  }

  const NONE = [];
  const packed = (letters) => [...letters].reduce((gram, char) => ((gram << 8) | char.charCodeAt(0)) | 0, 0);
  const slot = (gram) => Math.imul(gram, 0x9e3779b1) >>> 16;

  /** The most frequent error-like lines, in bounded memory: see faultbook.diagnose.frequent. */
  class Frequent {
    constructor() {
      this.counts = new Map();
    }

    again(text) {
      const known = this.counts.get(shape(text));
      if (known) known.count++;
      return Boolean(known);
    }

    add(line, text) {
      this.counts.set(shape(text), { line, text, count: 1 });
      if (this.counts.size > 2 * CAPACITY) this.forget();
    }

    forget() {
      const threshold = [...this.counts.values()].map((one) => one.count).sort((a, b) => a - b)[CAPACITY];
      for (const [key, counted] of this.counts) {
        counted.count -= threshold;
        if (counted.count <= 0) this.counts.delete(key);
      }
    }

    most(number) {
      return [...this.counts.values()].sort((a, b) => b.count - a.count || a.line - b.line).slice(0, number);
    }
  }

  const shape = (text) => lines.head(text, 300).replace(VARIABLE, "#");

  /** One log being searched: give it its bytes with `push`, then `end`. */
  class Search {
    constructor(path, catalogue) {
      this.path = path;
      this.catalogue = catalogue;
      this.rest = new Uint8Array(0);
      this.bytes = this.lineCount = this.skipping = 0;
      this.hits = new Map();
      this.counts = new Map();
      this.frequent = new Frequent();
      this.kind = undefined;
      this.binary = false;
    }

    push(chunk) {
      let data = joined(this.rest, chunk);
      if (this.kind === undefined) {
        if (data.length < HEAD && chunk.length) {
          this.rest = data;
          return;
        }
        this.kind = this.catalogue.logOf(data);
        this.binary = isBinary(data.subarray(0, HEAD));
        this.rules = this.catalogue.book(this.kind);
        this.view = this.catalogue.viewOf(this.kind);
      }
      if (this.view && !this.binary) {
        this.rest = data;
        return;
      }
      if (this.binary) {
        this.rest = new Uint8Array(0);
        return;
      }
      if (this.skipping) data = this.skip(data);
      const end = data.lastIndexOf(lines.LF) + 1;
      if (end) this.block(data.subarray(0, end), true);
      this.rest = data.subarray(end);
      if (this.rest.length > this.catalogue.line.max) {
        this.one(this.rest.subarray(0, this.catalogue.line.max), this.bytes);
        this.bytes += this.rest.length;
        this.rest = new Uint8Array(0);
        this.skipping = 1;
      }
    }

    /** Search a log through its view: one line for each event, where it stands in the file. */
    viewed() {
      if (this.binary) throw refusal("a database cannot be read in a browser", "Use `faultbook diagnose`, or export the run.");
      let at = 0;
      for (const event of this.events(lines.decoder.decode(this.rest))) {
        const gap = Math.max(event.line - at - 1, 0);
        this.lineCount += gap + 1;
        this.bytes += gap;
        const raw = lines.encoder.encode(faultbook.dagster.lineOf(event));
        this.around = [];
        const text = lines.clean(raw, this.catalogue.line);
        this.line(text, this.rules.candidates(text), raw, this.bytes);
        this.bytes += raw.length + 1;
        at = Math.max(event.line, at + 1);
      }
    }

    events(text) {
      const start = text.trimStart();
      if (/^[{[]/.test(start) && !isEventLine(start.slice(0, (start + "\n").indexOf("\n")))) {
        try {
          return faultbook.dagster.ofDocument(JSON.parse(text));
        } catch (error) {
          throw refusal(`the JSON breaks off or is damaged (${error.message})`, "Ask for it again.");
        }
      }
      const raw = text.split("\n");
      if (text.endsWith("\n")) raw.pop();
      const texts = raw.map((one) => lines.cleanText(one, this.catalogue.line));
      return faultbook.dagster.events(texts.map((one, index) => [index + 1, one]));
    }

    /** Pass over the rest of an over-long line; its first bytes were searched. */
    skip(data) {
      const end = data.indexOf(lines.LF) + 1;
      this.bytes += end || data.length;
      if (!end) return new Uint8Array(0);
      this.skipping = 0;
      return data.subarray(end);
    }

    end() {
      this.push(new Uint8Array(0));
      if (this.view) this.viewed();
      else if (this.rest.length && !this.binary) this.block(this.rest, false);
      return this.found();
    }

    /** Search whole lines. The text is decoded at once; offsets are counted in bytes only where something is found. */
    block(data, ended) {
      const texts = lines.decoder.decode(data).split("\n");
      if (ended) texts.pop();
      let at = 0;
      const plain = texts.reduce((sum, text) => sum + text.length + 1, 0) === data.length + (ended ? 0 : 1);
      this.around = texts;
      this.firstLine = this.lineCount + 1;
      for (const text of texts) {
        this.lineCount++;
        const cleaned = plain || text.length ? lines.cleanText(text, this.catalogue.line) : "";
        const rules = this.rules.candidates(cleaned);
        const length = plain || rules.length ? this.length(data, at, plain, text) : null;
        if (rules.length) this.line(cleaned, rules, data.subarray(at, at + length), this.bytes + at);
        at += (length ?? this.length(data, at, plain, text)) + 1;
      }
      this.bytes += data.length;
    }

    /** The bytes of the line that begins at `at`. */
    length(data, at, plain, text) {
      if (plain) return text.length;
      const end = data.indexOf(lines.LF, at);
      return (end < 0 ? data.length : end) - at;
    }

    /** Search one line given by its bytes. */
    one(raw, offset) {
      this.lineCount++;
      this.around = [];
      this.firstLine = this.lineCount;
      const text = lines.clean(raw, this.catalogue.line);
      this.line(text, this.rules.candidates(text), raw, offset);
    }

    /** Count a line: it is evidence, or noise, or an error nobody explains, or nothing of interest. */
    line(text, indexes, raw, offset) {
      if (raw.length > this.catalogue.line.max) {
        raw = raw.subarray(0, this.catalogue.line.max);
        text = lines.clean(raw, this.catalogue.line);
      }
      let claimed = false;
      const errors = [];
      for (const index of indexes) {
        const one = this.rules.rules[index];
        if (one.signature) claimed = this.evidence(index, one, text, raw, offset) || claimed;
        else if (claimed || (one.noise && one.regex.test(text))) return;
        else if (!one.noise) errors.push(one);
      }
      if (!claimed && errors.some((one) => one.regex.test(text)) && !this.frequent.again(text)) {
        this.frequent.add(this.lineCount, text);
      }
    }

    evidence(index, one, text, raw, offset) {
      const found = one.regex.exec(text);
      if (!found) return false;
      const kept = this.hits.get(index) || [];
      if (kept.length < EVIDENCE_KEPT) {
        const before = Array.from(text.slice(0, found.index)).length;
        const [characters, bytes] = lines.rawPlace(raw, before, this.catalogue.line);
        const fields = Object.fromEntries(Object.entries(found.groups || {}).filter(([, value]) => value !== undefined));
        kept.push({ line: this.lineCount, column: characters + 1, offset: offset + bytes, text, fields,
          context: this.context() });
        this.hits.set(index, kept);
      }
      this.counts.set(index, (this.counts.get(index) || 0) + 1);
      return true;
    }

    /** The lines around the one that is searched, as far as they are at hand: [line, text]. */
    context() {
      const index = this.lineCount - this.firstLine;
      const from = Math.max(index - CONTEXT, 0);
      return this.around.slice(from, index + CONTEXT + 1)
        .map((text, at) => [this.firstLine + from + at, lines.cleanText(lines.head(text, TEXT_KEPT), this.catalogue.line)])
        .filter(([line]) => line !== this.lineCount);
    }

    found() {
      const evidence = [...this.hits.keys()]
        .sort((a, b) => a - b)
        .map((index) => ({ ...this.rules.rules[index], hits: this.hits.get(index), count: this.counts.get(index) }));
      return { path: this.path, kind: this.kind, bytes: this.bytes, lines: this.lineCount, binary: this.binary,
        evidence, unexplained: this.frequent.most(UNEXPLAINED_SHOWN) };
    }
  }

  /** The logs of one incident joined into findings, causes first; in the plain form of `faultbook diagnose --json`. */
  function join(found, catalogue) {
    const position = new Map(found.map((log, index) => [log.path, index]));
    const byFailure = new Map();
    for (const log of found) {
      for (const one of log.evidence) {
        if (!byFailure.has(one.failure)) byFailure.set(one.failure, { hits: 0, evidence: [] });
        const finding = byFailure.get(one.failure);
        finding.hits += one.count;
        finding.evidence.push(...one.hits.map((hit) => ({ path: log.path, ...hit, text: lines.head(hit.text, TEXT_KEPT),
          signature: one.signature.pattern, says: one.signature.says })));
      }
    }
    const findings = [...byFailure].map(([id, { hits, evidence }]) => {
      const failure = catalogue.failures.get(id);
      evidence.sort((a, b) => position.get(a.path) - position.get(b.path) || a.line - b.line || a.column - b.column);
      const causes = catalogue.data.failures.filter((other) => other.leads_to.includes(id) && byFailure.has(other.id));
      return { failure: id, title: failure.title, summary: failure.summary, page: failure.page,
        playbook: failure.playbook, caused_by: causes.map((cause) => cause.id).sort(), hits, evidence };
    });
    const first = (finding) => finding.evidence[0];
    findings.sort((a, b) => position.get(first(a).path) - position.get(first(b).path) || first(a).line - first(b).line);
    const unexplained = found.flatMap((log) =>
      log.unexplained.map((one) => ({ path: log.path, ...one, text: lines.head(one.text, TEXT_KEPT) })));
    unexplained.sort((a, b) => b.count - a.count || position.get(a.path) - position.get(b.path) || a.line - b.line);
    return {
      logs: found.map(({ path, kind, bytes, lines: count, binary }) => ({ path, kind, bytes, lines: count, binary })),
      findings: [...causesFirst(findings)],
      unexplained: unexplained.slice(0, UNEXPLAINED_SHOWN),
    };
  }

  function* causesFirst(findings) {
    const waiting = [...findings];
    const done = new Set();
    while (waiting.length) {
      let index = waiting.findIndex((finding) => finding.caused_by.every((cause) => done.has(cause)));
      if (index < 0) index = 0;
      const [ready] = waiting.splice(index, 1);
      done.add(ready.failure);
      yield ready;
    }
  }

  function isBinary(bytes) {
    const start = String.fromCharCode(...bytes.subarray(0, 16));
    if (STARTS.some((one) => start.startsWith(one))) return true;
    let control = 0;
    for (const byte of bytes) if ((byte < 32 && ![0, 8, 9, 10, 11, 12, 13, 27].includes(byte)) || byte === 127) control++;
    return control > Math.floor(bytes.length / 20);
  }

  function* firstLines(bytes) {
    let at = 0;
    for (let count = 0; count < FIRST_LINES; count++) {
      const end = bytes.indexOf(lines.LF, at);
      yield bytes.subarray(at, end < 0 ? bytes.length : end);
      if (end < 0) return;
      at = end + 1;
    }
  }

  /** Whether a line is an event of its own, and not the start of a document. */
  function isEventLine(line) {
    if (["\"events\"", "event_list", "logsForRun"].some((word) => line.includes(word))) return false;
    try {
      return JSON.parse(line).constructor === Object;
    } catch {
      return false;
    }
  }

  const refusal = (what, remedy) => Object.assign(new Error(what), { remedy });

  const hex = (bytes, count) => [...bytes.subarray(0, count)].map((one) => one.toString(16).padStart(2, "0")).join("");

  function joined(first, second) {
    if (!first.length) return second;
    if (!second.length) return first;
    const both = new Uint8Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  }

  /**
   * Diagnose files (or other blobs) as one incident. `progress` gets the bytes read so far, `pause` is awaited now and
   * then, so that a page that has no worker stays alive. What cannot be read is told in `errors`.
   */
  async function diagnose(files, catalogue, progress = () => {}, pause = async () => {}) {
    const found = [];
    const errors = [];
    let done = 0;
    for (const { name, blob } of files) {
      const search = new Search(name, catalogue);
      const told = (count) => progress((done += count));
      try {
        for await (const chunk of chunks(await unwrapped(blob, told))) {
          search.push(chunk);
          await pause();
        }
      } catch (error) {
        errors.push(fault(name, error));
      }
      try {
        search.end();
      } catch (error) {
        errors.push(fault(name, error));
      }
      found.push(search.found());
    }
    return { ...join(found, catalogue), errors };
  }

  const fault = (name, error) => ({ what: `${name}: ${error.message}`, remedy: error.remedy || "Fetch the file again." });

  /** The text of a blob as a stream: plain, or gzip by its first bytes. */
  async function unwrapped(blob, told) {
    const start = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
    const counted = blob.stream().pipeThrough(new TransformStream({
      transform(chunk, controller) {
        told(chunk.length);
        controller.enqueue(chunk);
      },
    }));
    if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) {
      throw refusal("zstd cannot be read in a browser", "Unpack it first (`zstd -d`), or use `faultbook diagnose`.");
    }
    return start[0] === 0x1f && start[1] === 0x8b ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
  }

  async function* chunks(stream) {
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (let at = 0; at < value.length; at += BLOCK) yield value.subarray(at, at + BLOCK);
    }
  }

  return { Catalogue, Search, join, diagnose };
})();
