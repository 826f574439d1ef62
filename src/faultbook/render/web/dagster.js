// The event log of a Dagster run as lines for signatures: the same as faultbook.logs.dagster, whatever form it is in.
// A database cannot be read in a browser; it is declined with words.
"use strict";
var faultbook = faultbook || {};

faultbook.dagster = (() => {
  const FOREIGN = /\/(?:site|dist)-packages\/|\/lib\/python3|\/bin\/dagster|<frozen |<string>/;
  const FRAME = /File "([^"]+)", line (\d+), in (\S+)/;
  const STACK = "Stack Trace:";
  const CAUSED = "The above exception was caused by the following exception:";
  const CONTEXT = "The above exception occurred during handling of the following exception:";
  const EXCEPTION = /^(?:[A-Za-z_][A-Za-z0-9_]*\.)*(?<name>[A-Z][A-Za-z0-9_]*)(?::|$)/;
  const LEVELS = { 10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL" };
  const KEPT = 4000;
  const HEAD = new RegExp(
    "^(?<time>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:,\\d{3})? [+-]\\d{4})" +
      " - \\S+ - (?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)" +
      " - (?:resource:)?[\\w.]+ - [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}" +
      "(?: - (?<pid>\\d+)(?: - (?<step>\\S+))? - (?<event>[A-Z]+(?:_[A-Z]+)+)(?: - (?<message>.*))?" +
      "| - (?<hook_step>\\S+) - (?<hook>HOOK_(?:COMPLETED|ERRORED|SKIPPED)) - (?<hook_message>.*)" +
      "|(?: - (?<log_step>[\\w.\\[\\]?-]+))? - (?<log_message>.*))$", "s");

  /** The events of a log given as its lines, [number, text]; each with the line where it stands. */
  function* events(numbered) {
    let open = null;
    for (const [number, text] of numbered) {
      const head = open || !text.startsWith("{") ? HEAD.exec(text) : null;
      if (head) {
        if (open) yield fromText(open);
        open = { number, head: head.groups, rest: [] };
      } else if (open) {
        if (open.rest.length < KEPT) open.rest.push(text);
      } else if (text.startsWith("{")) {
        yield* ofValue(parsed(text), number);
      }
    }
    if (open) yield fromText(open);
  }

  /** The events of a JSON document: an answer of the server, a list, `dagster debug export`. */
  function* ofDocument(value) {
    const found = value?.event_list || value?.data?.logsForRun?.events || value?.logsForRun?.events || value?.events || value;
    let number = 0;
    for (const one of Array.isArray(found) ? found : []) yield* ofValue(one, ++number);
  }

  function* ofValue(value, number) {
    if (!value || typeof value !== "object") return;
    if ("dagster_event" in value) yield fromStored(value, number);
    else if ("eventType" in value || ("message" in value && "level" in value)) yield fromGraphql(value, number);
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  function fromGraphql(value, line) {
    const chain = [];
    if (value.error && typeof value.error === "object") {
      chain.push(value.error, ...(value.error.causes || []).filter((one) => one && typeof one === "object"));
      while (chain.at(-1).cause && typeof chain.at(-1).cause === "object") chain.push(chain.at(-1).cause);
    }
    const causes = chain.map((one) => ({ name: one.className || "", text: one.message || "", frames: one.stack || [] }));
    return event(line, value.eventType || "", value.stepKey || "", value.level || "", value.message || "", unfolded(causes));
  }

  function fromStored(record, line) {
    const inner = record.dagster_event || {};
    const data = inner.event_specific_data || {};
    const causes = [];
    for (let error = data.error || record.error_info; error && typeof error === "object"; error = error.cause) {
      causes.push({ name: error.cls_name || "", text: error.message || "", frames: error.stack || [] });
    }
    const level = LEVELS[record.level] ?? String(record.level || "");
    return event(line, (inner.event_type_value || "").replaceAll("PIPELINE_", "RUN_"), record.step_key || inner.step_key || "",
      level, record.user_message || record.message || inner.message || "", unfolded(causes));
  }

  function fromText({ number, head, rest }) {
    const type = head.event || head.hook || "";
    const empty = rest.indexOf("");
    const first = head.message ?? head.hook_message ?? head.log_message ?? "";
    const message = [first, ...(empty < 0 ? [] : rest.slice(0, empty))].join("\n");
    const causes = type && empty >= 0 ? [...causesIn(rest.slice(empty + 1))] : [];
    return event(number, type, head.step || head.hook_step || head.log_step || "", head.level, message, causes);
  }

  const event = (line, type, step, level, message, causes) => ({ line, type, step, level, message, causes });

  function unfolded(causes) {
    return causes.flatMap((cause) => {
      if (!cause.text.includes(STACK)) return [cause];
      const inner = [...causesIn(cause.text.split("\n"))];
      if (!inner.length) return [cause];
      const last = inner.pop();
      return [...inner, { ...last, frames: last.frames.length ? last.frames : cause.frames }];
    });
  }

  function* causesIn(texts) {
    let part = [];
    const parts = [part];
    for (const text of texts) {
      if (text === CONTEXT) break;
      if (text === CAUSED) parts.push((part = []));
      else part.push(text);
    }
    for (const one of parts) yield* causesOf(one);
  }

  function* causesOf(part) {
    const at = part.indexOf(STACK);
    if (at < 0) return;
    let words = part.slice(0, at).filter(Boolean);
    const split = part.slice(0, at).join("\n").includes("\n\n");
    if (words.length > 1 && words[0].endsWith(":") && EXCEPTION.test(words[1]) && split) {
      yield { name: EXCEPTION.exec(words[0])?.groups.name || "", text: words[0].slice(0, -1), frames: [] };
      words = words.slice(1);
    }
    const found = words.length ? EXCEPTION.exec(words[0]) : null;
    if (found) yield { name: found.groups.name, text: words.join("\n"), frames: [...framesOf(part.slice(at + 1))] };
  }

  function* framesOf(texts) {
    let frame = [];
    for (const text of texts) {
      if (text.startsWith("  File ") && frame.length) {
        yield frame.join("\n");
        frame = [];
      }
      if (text.startsWith("  ")) frame.push(text);
    }
    if (frame.length) yield frame.join("\n");
  }

  /** The line in which signatures are searched for. */
  function lineOf({ type, step, level, message, causes }) {
    const head = `${type || "LOG"} ${step || "-"} ${level}: ${oneLine(message)}`;
    if (!causes.length) return head;
    const root = causes.at(-1);
    const place = placeOf(root);
    const wrappers = causes.slice(0, -1).reverse().map((cause) => ` <- ${words(cause)}`).join("");
    return `${head} | ${words(root)}${place ? ` (at ${place})` : ""}${wrappers}`;
  }

  function words({ name, text }) {
    const line = oneLine(text);
    return line.split(":")[0].includes(name) ? line : `${name}: ${line}`.replace(/[: ]+$/, "");
  }

  function placeOf({ frames }) {
    const own = frames.filter((frame) => !FOREIGN.test(frame)).map((frame) => FRAME.exec(frame)).filter(Boolean);
    const last = own.at(-1);
    return last ? `${last[1]}:${last[2]} ${last[3]}` : "";
  }

  // What Python's str.split() takes for white space.
  const oneLine = (text) =>
    text.split(/[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/).filter(Boolean).join(" ");

  return { events, ofDocument, lineOf };
})();
