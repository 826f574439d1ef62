// The form on the page: takes logs, has them diagnosed beside the page, shows findings as text. Nothing is sent anywhere.
"use strict";
(() => {
  const SMALL = 1 << 20;
  const EVIDENCE_SHOWN = 4;
  const PASTED = "pasted";
  const scripts = new URL(".", document.currentScript.src);
  const root = new URL("../../", scripts);

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  class Form {
    constructor(place) {
      this.place = place;
      this.files = [];
      this.text = make("textarea", { id: "fb-text", rows: "6", spellcheck: "false", autocomplete: "off",
        placeholder: "Paste lines of a log here, or drop files" });
      this.pick = make("input", { type: "file", id: "fb-files", multiple: "" });
      this.button = make("button", { type: "submit", class: "md-button md-button--primary" }, "Diagnose");
      this.cancel = make("button", { type: "button", class: "md-button", hidden: "" }, "Cancel");
      this.bar = make("progress", { max: "1", value: "0", hidden: "", "aria-label": "How much was read" });
      this.status = make("p", { role: "status", class: "fb-status" });
      this.results = make("div", { class: "fb-findings", tabindex: "-1" });
      const form = make("form", { class: "fb-diagnose" },
        make("label", { for: "fb-text" }, "Lines of a log"), this.text,
        make("label", { for: "fb-files" }, "or files, plain or gzip: all logs of one incident"), this.pick,
        make("p", {}, this.button, " ", this.cancel), this.bar, this.status);
      place.replaceChildren(form, this.results);
      this.listen(form);
      this.fromAddress();
    }

    listen(form) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.start();
      });
      this.pick.addEventListener("change", () => this.start());
      this.text.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.start();
      });
      this.cancel.addEventListener("click", () => this.stop("Cancelled."));
      for (const kind of ["dragover", "drop"]) {
        form.addEventListener(kind, (event) => {
          event.preventDefault();
          form.classList.toggle("fb-drop", kind === "dragover");
          if (kind === "drop" && event.dataTransfer.files.length) this.start([...event.dataTransfer.files]);
        });
      }
      form.addEventListener("dragleave", () => form.classList.remove("fb-drop"));
    }

    /** Lines somebody shared stand in the address behind `#log=`; they never leave the browser. */
    fromAddress() {
      const shared = new URLSearchParams(location.hash.slice(1)).get("log");
      if (!shared) return;
      this.text.value = unpacked(shared);
      this.start();
    }

    start(dropped) {
      const files = (dropped || [...this.pick.files]).map((file) => ({ name: file.name, blob: file }));
      if (!dropped && this.text.value.trim()) files.unshift({ name: PASTED, blob: new Blob([this.text.value]) });
      if (!files.length) {
        this.say("Paste some lines or choose a file first.");
        return;
      }
      this.stop("");
      this.begun = performance.now();
      this.total = files.reduce((sum, { blob }) => sum + blob.size, 0);
      this.busy(true);
      this.say(`Reading ${size(this.total)}…`);
      (this.total > SMALL ? inWorker : inPage)(files, this).then(
        (diagnosis) => diagnosis && this.show(diagnosis),
        (error) => this.stop(`This browser cannot do it: ${error.message}. Use \`faultbook diagnose\`.`));
    }

    stop(words) {
      this.worker?.terminate();
      this.worker = null;
      this.run = (this.run || 0) + 1;
      this.busy(false);
      this.say(words);
    }

    busy(is) {
      this.cancel.hidden = this.bar.hidden = !is;
      this.bar.value = 0;
    }

    progress(bytes) {
      this.bar.value = bytes / this.total;
      this.say(`${size(bytes)} of ${size(this.total)} read…`);
    }

    say(words) {
      this.status.textContent = words;
    }

    show(diagnosis) {
      this.busy(false);
      const seconds = ((performance.now() - this.begun) / 1000).toFixed(2);
      const count = diagnosis.findings.length;
      const modes = count === 1 ? "1 failure mode" : `${count} failure modes`;
      this.say(`${count ? modes : "No known failure mode"} in ${size(this.total)}; it took ${seconds} s.`);
      this.results.replaceChildren(...report(diagnosis));
      this.results.focus({ preventScroll: true });
      this.results.dispatchEvent(new CustomEvent("faultbook:diagnosed", { bubbles: true, detail: diagnosis }));
    }
  }

  /** Diagnose beside the page; in the page where a worker may not be started, as from a file on disk. */
  function inWorker(files, form) {
    let worker;
    try {
      worker = new Worker(new URL("worker.js", scripts));
    } catch {
      return inPage(files, form);
    }
    form.worker = worker;
    return new Promise((done, fail) => {
      worker.onmessage = ({ data }) => (data.diagnosis ? done(data.diagnosis) : form.progress(data.progress));
      worker.onerror = (event) => fail(new Error(event.message || "the worker failed"));
      worker.postMessage(files);
    });
  }

  /** Diagnose in the page, with a pause after each piece so that it stays alive; null when it was cancelled. */
  async function inPage(files, form) {
    const run = form.run;
    let last = performance.now();
    const pause = async () => {
      if (performance.now() - last < 30) return;
      await new Promise((go) => setTimeout(go));
      last = performance.now();
      if (form.run !== run) throw new Error("cancelled");
    };
    const diagnosis = await faultbook.diagnosis.diagnose(files, catalogue(), (bytes) => form.progress(bytes), pause);
    return form.run === run ? diagnosis : null;
  }

  let known;
  const catalogue = () => (known ||= new faultbook.diagnosis.Catalogue(faultbook.data));

  function* report(diagnosis) {
    for (const finding of diagnosis.findings) yield section(finding, diagnosis.logs);
    if (!diagnosis.findings.length) {
      yield make("p", {}, "No known failure mode. That is an honest answer: no signature of this book fires on it.");
    }
    if (diagnosis.unexplained.length) yield unexplained(diagnosis.unexplained);
    yield make("h3", {}, "Read");
    yield make("ul", {}, ...diagnosis.logs.map((log) => make("li", {}, about(log))),
      ...diagnosis.errors.map((error) => make("li", { class: "fb-error" }, `${error.what}. ${error.remedy}`)));
    if (diagnosis.findings.length || diagnosis.unexplained.length) yield sharing(diagnosis);
  }

  function about(log) {
    const kind = log.kind || (log.binary ? "a binary file" : "no known log, so it was searched for everything");
    return `${log.path}: ${kind}; ${log.lines.toLocaleString("en")} lines, ${log.bytes.toLocaleString("en")} bytes`;
  }

  function section(finding, logs) {
    const heading = make("h3", {}, make("a", { href: page(finding.page) }, finding.title));
    const parts = [heading, make("p", {}, finding.summary)];
    if (finding.caused_by.length) parts.push(make("p", {}, `Caused by: ${finding.caused_by.join(", ")}`));
    parts.push(make("ul", { class: "fb-evidence" }, ...finding.evidence.slice(0, EVIDENCE_SHOWN).map(evidence)));
    const more = finding.hits - Math.min(finding.evidence.length, EVIDENCE_SHOWN);
    if (more > 0) parts.push(make("p", {}, `… and ${more} more`));
    if (finding.playbook) parts.push(playbook(finding, logs));
    return make("section", {}, ...parts);
  }

  function evidence(one, index) {
    const box = make("input", { type: "checkbox", "aria-label": `share line ${one.line}` });
    box.checked = index === 0;
    box.dataset.text = one.text;
    const context = one.context.length
      ? [make("details", {}, make("summary", {}, "lines around it"), around(one))] : [];
    return make("li", {}, box, " ", make("code", { class: "fb-place" }, `${one.path}:${one.line}`), " ",
      make("code", {}, faultbook.lines.shown(one.text)), make("br"), one.says, ...context);
  }

  function around(one) {
    const numbered = [...one.context, [one.line, one.text]].sort((a, b) => a[0] - b[0]);
    const rows = numbered.map(([line, text]) => `${line === one.line ? ">" : " "} ${line}  ${faultbook.lines.shown(text)}`);
    return make("pre", { tabindex: "0" }, rows.join("\n"));
  }

  function playbook(finding, logs) {
    const taken = faultbook.data.playbooks[finding.playbook] || [];
    const names = logs.filter((log) => log.path !== PASTED && taken.includes(log.kind)).map((log) => quoted(log.path));
    const command = `faultbook run ${finding.playbook} ${names.join(" ") || "YOUR.log"}`;
    return make("p", {}, "Look further: ", make("a", { href: page(`playbooks/${finding.playbook}/`) }, "its playbook"),
      ", on your machine: ", make("code", {}, command));
  }

  const quoted = (name) => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`);

  function unexplained(items) {
    return make("section", {}, make("h3", {}, "Not explained by any signature"),
      make("ul", {}, ...items.map((one) => make("li", {}, make("code", { class: "fb-place" }, `${one.path}:${one.line}`), " ",
        make("code", {}, faultbook.lines.shown(one.text)), one.count > 1 ? ` (${one.count} alike)` : ""))));
  }

  function sharing(diagnosis) {
    const told = make("span", { role: "status" });
    const copy = (label, text) => {
      const button = make("button", { type: "button", class: "md-button" }, label);
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(text(button.closest(".fb-findings")));
          told.textContent = " Copied.";
        } catch {
          told.replaceChildren(make("textarea", { readonly: "", "aria-label": label }, text(button.closest(".fb-findings"))));
        }
      });
      return button;
    };
    return make("p", { class: "fb-share" }, copy("Copy as Markdown", () => markdown(diagnosis)), " ",
      copy("Copy a link to the ticked lines", link), told);
  }

  function markdown(diagnosis) {
    const fence = (text) => `    ${faultbook.lines.shown(text)}`;
    const parts = diagnosis.findings.flatMap((finding) => [`## ${finding.title} (${finding.failure})`, finding.summary,
      finding.evidence.slice(0, EVIDENCE_SHOWN).map((one) => `${fence(`${one.path}:${one.line}: ${one.text}`)}`).join("\n"),
      new URL(finding.page, root).href]);
    const rest = diagnosis.unexplained.map((one) => fence(`${one.path}:${one.line}: ${one.text}`));
    if (!diagnosis.findings.length) parts.push("No known failure mode.");
    if (rest.length) parts.push("Not explained:", rest.join("\n"));
    return `${parts.join("\n\n")}\n`;
  }

  /** The address of this page with the ticked lines behind `#log=`: a fragment is never sent to a server. */
  function link(results) {
    const ticked = [...results.querySelectorAll(".fb-evidence input:checked")];
    const lines = [...new Set(ticked.map((box) => box.dataset.text))];
    const address = new URL(location.href);
    address.hash = `log=${packed(lines.join("\n"))}`;
    return address.href;
  }

  const packed = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  function unpacked(text) {
    try {
      const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
      return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
    } catch {
      return "";
    }
  }

  /** The address of a page of the site; opened from a file it needs the file's name. */
  const page = (address) => new URL(location.protocol === "file:" ? `${address}index.html` : address, root).href;

  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  for (const place of document.querySelectorAll("[data-fb-diagnose]")) new Form(place);
})();
