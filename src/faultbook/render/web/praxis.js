// The check of an agent's configuration: the findings of faultbook.praxis.spec, held against them by a test.
"use strict";
var faultbook = faultbook || {};

faultbook.praxis = (() => {
  const { Fault, SPECIAL, Value, after, asWritten, expanded, isMerge, merged, parsed } = faultbook.praxisYaml;
  const data = faultbook.praxisRules;
  const TRUE = new Set(data.true);
  const FALSE = new Set(data.false);
  const OFF = new Set([...data.false, "false", "False", "FALSE"]);
  const WANTED = { mapping: "a mapping", list: "a list", bool: "true or false", int: "a number", word: "a word" };
  const isMap = (value) => value.goType.startsWith("map[");
  const isList = (value) => value.goType === "[]interface {}";

  /** A value's type in plain words. */
  function called(value) {
    const names = { "[]interface {}": "a list", nil: "empty", float64: "a number", int: "a number", bool: "true or false" };
    return isMap(value) ? "a mapping" : names[value.goType] || `a ${value.goType}`;
  }

  const filled = (text, words) =>
    text.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name) => (name ? words[name] : found[0]));

  /** The finding of a rule by its id, on a 1-based line; `words` are what its texts have places for. */
  function finding(ident, line, tool = "", words = {}) {
    const rule = data.rules[ident];
    const all = { ...words, tool };
    return { line, rule, tool, what: filled(rule.what, all), remedy: filled(rule.remedy, all) };
  }

  /** Check a configuration for an agent of one of these revisions that is started in this environment (a Map). */
  function check(text, environment, revisions = data.revisions) {
    const config = new Config(text, environment);
    const where = places(text, config);
    const found = [...starting(config), ...emptied(config, where, environment)];
    for (const tool of config.tools) found.push(...checkTool(tool));
    const kept = new Map();
    for (const one of found) {
      if (one.rule.revisions.some((revision) => revisions.includes(revision))) kept.set(`${one.line} ${one.what}`, one);
    }
    const keys = (one) => [one.line, one.rule.level, one.what];
    return {
      findings: [...kept.values()].sort((one, other) => compared(keys(one), keys(other))),
      variables: config.expanded.references.map((reference) => (
        { reference, place: where.get(reference.offset).path, isSet: isSet(reference, environment) })),
    };
  }

  function compared(one, other) {
    const at = one.findIndex((value, index) => value !== other[index]);
    return at < 0 ? 0 : one[at] < other[at] ? -1 : 1;
  }

  const textAt = (value, key) => {
    const found = value.get(key);
    return found && !found.isNull ? found.text : "";
  };

  /** A configuration in an environment; `root` is null when the agent cannot read it, `fault` says why. */
  class Config {
    constructor(text, environment) {
      this.expanded = expanded(text, environment);
      [this.root, this.fault] = readOrFault(this.expanded);
      const listed = this.root && valueAt(this.root, "agent.tools");
      this.tools = (listed ? listed.items() : []).map((entry, index) => new Tool(entry, index + 1));
    }
  }

  function readOrFault(told) {
    try {
      return [parsed(told), null];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return [null, error];
    }
  }

  class Tool {
    constructor(entry, number) {
      this.entry = entry;
      this.number = number;
      this.name = textAt(entry, "name") || `tool ${number}`;
      this.engine = textAt(entry, "engine");
      const spec = entry.get("engineSpec");
      this.spec = spec && !spec.isNull ? spec : null;
    }
  }

  function valueAt(root, path) {
    return path.split(".").reduce((value, name) => value && value.get(name), root);
  }

  /** Whether a switch is on; all of them are unless the file says otherwise. */
  function isOn(root, path) {
    const value = valueAt(root, path);
    return !value || value.isNull || !OFF.has(value.text);
  }

  function* starting({ root, fault, tools }) {
    if (!root) {
      yield finding("yaml", fault.line, "", { what: fault.what });
      return;
    }
    for (const one of faults(root)) yield finding("yaml", one.line, "", { what: one.what });
    if (!["map[string]interface {}", "nil"].includes(root.goType)) {
      yield finding("shape", root.line, "", { key: "the file", got: called(root), wanted: "a mapping" });
    }
    for (const [path, wanted] of Object.entries(data.shapes)) yield* shape(valueAt(root, path), path, wanted);
    yield* agent(root);
    yield* llm(root);
    yield* others(root);
    if (!tools.length) yield finding("no-tools", root.get("agent")?.line ?? 1);
  }

  /** Keys that are there twice or are no words, anchors that hold themselves, in the sections that are read. */
  function* faults(root) {
    yield* badKeys(root);
    const sections = new Set(Object.keys(data.shapes).map((path) => path.split(".")[0]));
    const done = new Set();
    const waiting = root.entries().filter(([key]) => sections.has(key.text)).map(([, value]) => [value, new Set()]);
    while (waiting.length) {
      const [one, above] = waiting.pop();
      if (above.has(one.node)) yield new Fault("an anchor contains itself", one.line);
      if (done.has(one.node) || above.has(one.node)) continue;
      done.add(one.node);
      yield* badKeys(one);
      const inside = one.node.kind === "scalar" ? above : new Set(above).add(one.node);
      for (const child of children(one)) waiting.push([child, inside]);
    }
  }

  function children(value) {
    return value.node.kind === "map" ? value.node.value.map(([, node]) => new Value(node, value.told)) : value.items();
  }

  function* badKeys({ node, told }) {
    const seen = new Map();
    for (const [key, value] of node.kind === "map" ? node.value : []) {
      const line = told.lineOf(key.start);
      if (key.kind !== "scalar") {
        yield new Fault("invalid map key", line);
        continue;
      }
      if (isMerge(key) && !merged(value).every((one) => one.kind === "map")) {
        yield new Fault("map merge requires map or sequence of maps as the value", line);
      } else if (seen.has(key.value)) {
        yield new Fault(`mapping key "${key.value}" already defined at line ${seen.get(key.value)}`, line);
      }
      if (!seen.has(key.value)) seen.set(key.value, line);
    }
  }

  /** The finding that a value is not what the loader wants; a null and no value are. */
  function* shape(value, key, wanted) {
    if (!value || value.isNull || hasShape(value, wanted)) return;
    yield finding("shape", value.line, "", { key, got: called(value), wanted: WANTED[wanted] });
  }

  function hasShape(value, wanted) {
    if (wanted === "bool") return value.goType === "bool" || TRUE.has(value.text) || FALSE.has(value.text);
    if (wanted === "int") {
      return value.goType === "int" || (value.goType === "float64" && !/(?:inf|nan)$/i.test(value.text));
    }
    return wanted === "list" ? isList(value) : wanted === "mapping" ? isMap(value) : !isList(value) && !isMap(value);
  }

  function* agent(root) {
    const [name, rendezvous] = [valueAt(root, "agent.name"), valueAt(root, "p2p.rendezvous")];
    if (name && !name.isNull && name.goType === "string" && !name.text) yield finding("agent-name", name.line);
    if (rendezvous && !rendezvous.isNull && !rendezvous.text && isOn(root, "p2p.enabled")) {
      yield finding("rendezvous", rendezvous.line);
    }
  }

  /** The LLM is on unless the file says otherwise, and then it wants a key in the file. */
  function* llm(root) {
    if (!isOn(root, "llm.enabled")) return;
    const [provider, key] = [valueAt(root, "llm.provider"), valueAt(root, "llm.api_key")];
    const line = root.get("llm")?.line ?? 1;
    const chosen = !provider || provider.isNull ? "openai" : provider.text;
    if (!chosen) yield finding("llm-provider", provider.line);
    else if (chosen === "openai" && !(key && key.text && !key.isNull)) yield finding("llm-key", key ? key.line : line);
  }

  function* others(root) {
    const servers = isOn(root, "mcp.enabled") ? valueAt(root, "mcp.servers") : null;
    for (const server of servers ? servers.items() : []) {
      const got = textAt(server, "transport");
      if (got !== "stdio" && got !== "sse") yield finding("mcp-server", (server.get("transport") || server).line, "", { got });
    }
    for (const key of ["agent.external_mcp_endpoints", "agent.external_mcp_servers"]) {
      for (const item of valueAt(root, key)?.items() ?? []) {
        yield finding(isMap(item) ? "endpoint-map" : "endpoint-string", item.line, "", { key });
      }
    }
    for (const key of data.no_limits) {
      const value = valueAt(root, key);
      if (value) yield finding("no-limit", value.line, "", { key });
    }
  }

  function* emptied(config, where, environment) {
    for (const reference of config.expanded.references) {
      const place = where.get(reference.offset);
      if (place.path === "comment" || isSet(reference, environment)) continue;
      const words = { written: reference.written, why: whyEmptied(reference, environment) };
      yield finding(place.tool ? "emptied" : "emptied-elsewhere", reference.line, place.tool, words);
    }
  }

  const isSet = ({ name }, environment) => Boolean(name && environment.get(name));

  function whyEmptied({ name }, environment) {
    if (name && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return environment.has(name) ? "it is set to nothing" : "it is not set";
    }
    if (name && name.length === 1 && SPECIAL.includes(name)) {
      return "the loader takes it for a name, too, and it is never set";
    }
    if (name && name.includes(":")) return "the loader knows no defaults, it takes all of this for the name";
    return "the loader takes it for a name";
  }

  /** The place of each reference by its offset: a path like `agent.tools[0].engineSpec.image`, and its tool. */
  function places(text, config) {
    const [root] = readOrFault(asWritten(text));
    const { references } = config.expanded;
    const only = { path: "", tool: config.tools.length ? config.tools[0].name : "?" };
    if (!root) return new Map(references.map(({ offset }) => [offset, only]));
    const spans = scalars(root.node).sort(compared);
    return new Map(references.map(({ offset }) => {
      const span = spans[after(spans, ([start]) => start > offset) - 1];
      return [offset, span && offset < span[1] ? placeOf(span[2], config) : { path: "comment", tool: "" }];
    }));
  }

  function placeOf(path, { tools }) {
    const found = /^agent\.tools\[([0-9]+)(?:\]|$)/.exec(path);
    const tool = found ? tools[Number(found[1])]?.name ?? `tool ${Number(found[1]) + 1}` : "";
    return { path, tool };
  }

  /** Start, end (0-based offsets) and path of each scalar, keys included; what an alias repeats comes once. */
  function scalars(root) {
    const found = [];
    const waiting = [[root, ""]];
    const done = new Set();
    while (waiting.length) {
      const [node, path] = waiting.pop();
      if (done.has(node)) continue;
      done.add(node);
      if (node.kind === "scalar") found.push([node.start, node.end, path]);
      else if (node.kind === "seq") node.value.forEach((item, number) => waiting.push([item, `${path}[${number}]`]));
      else for (const [key, value] of node.value) waiting.push([key, below(path, key)], [value, below(path, key)]);
    }
    return found;
  }

  function below(path, key) {
    const name = key.kind === "scalar" ? key.value : "?";
    return path ? `${path}.${name}` : name;
  }

  function* checkTool(tool) {
    const { entry, number, name, engine, spec } = tool;
    if (!isMap(entry)) {
      yield* shape(entry, `tool ${number}`, "mapping");
      return;
    }
    for (const [key, wanted] of Object.entries(data.tool_shapes)) {
      yield* shape(entry.get(key), `${key} of tool ${name}`, wanted);
    }
    for (const param of entry.get("params")?.items() ?? []) {
      yield* shape(param, `a parameter of tool ${name}`, "mapping");
      for (const [word, value] of param.entries()) yield* shape(value, `${word.text} of a parameter of tool ${name}`, "word");
    }
    const line = (entry.get("engine") || entry).line;
    if (!data.engines.includes(engine)) yield finding("unknown-engine", line, name, { got: engine });
    else if (engine === "remote-mcp") {
      yield finding("remote-mcp", line, name);
      if (!spec?.get("address")) yield finding("remote-address", line, name);
    } else if (!spec || isMap(spec)) yield* checkSpec(tool);
  }

  function* checkSpec(tool) {
    const { name, spec } = tool;
    const given = new Map((spec ? spec.entries() : []).map(([key, value]) => [key.text, value]));
    yield* checkImage(tool, given.get("image"));
    const command = given.get("command");
    if (spec && (!command || command.isNull || (isList(command) && !command.items().length))) {
      yield finding("no-command", (command || spec).line, name);
    }
    for (const key of data.keys.slice(1)) if (given.has(key.name)) yield* misshapen(tool, key, given.get(key.name));
    for (const [key, value] of given) {
      if (data.keys.some((known) => known.name === key)) continue;
      yield finding(data.limits.includes(key) ? "limit" : "unknown-key", value.line, name, { key });
    }
    for (const [, target] of given.get("mounts")?.entries() ?? []) {
      if (target.goType === "string") yield finding("mount-output", target.line, name, { got: target.text });
    }
  }

  function* checkImage({ name, spec, entry }, image) {
    const line = (image || spec || entry).line;
    if (!image || image.isNull) {
      yield finding("image", line, name, { got: spec ? "is missing" : "is missing: there is no engineSpec" });
    } else if (image.goType !== "string") yield finding("image", line, name, { got: `is ${called(image)}` });
    else if (!image.text) yield finding("image", line, name, { got: "is empty" });
    else {
      const why = whyNoReference(image.text);
      if (why) yield finding("image-reference", line, name, { got: image.text, why });
    }
  }

  /** Why this is no reference to an image, as far as it was seen to fail; the registry's part may have capitals. */
  function whyNoReference(image) {
    const [first] = image.split("/", 1);
    const rest = image.slice(first.length + 1);
    const isHost = rest && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
    const [repository] = (isHost ? rest : image).split("@", 1);
    const slash = repository.lastIndexOf("/") + 1;
    const name = repository.slice(0, slash) + repository.slice(slash).split(":", 1)[0];
    if (/[A-Z]/.test(name)) return `repository name (${name}) must be lowercase`;
    return /[:@]$/.test(image) ? "nothing stands behind the last sign" : null;
  }

  /** A key whose value the engine cannot use, in the engine's own words. */
  function* misshapen({ name }, key, value) {
    for (const [why, line] of complaints(key, value)) {
      yield finding(key.rule, line, name, { complaint: `${key.complaint}${why}`, why });
    }
  }

  function* complaints(key, value) {
    const [wanted, shown] = key.shape === "map" ? ["map[string]string", "map["] : ["[]string or []interface{}", "[]interface {}"];
    if (value.isNull) return;
    if (!value.goType.startsWith(shown)) yield [`expected ${wanted}, got ${value.goType}`, value.line];
    for (const [index, item] of key.shape === "list" ? value.items().entries() : []) {
      if (item.goType !== "string") yield [`element at index ${index} is not a string`, item.line];
    }
    for (const [name, item] of key.shape === "map" ? value.entries() : []) {
      if (name.goType !== "string") yield [`key ${name.text} is not a string`, name.line];
      else if (item.goType !== "string") yield [`value for key ${name.text} is not a string`, item.line];
    }
  }

  return { check };
})();
