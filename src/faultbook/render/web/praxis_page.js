// The form on the page: takes a configuration, shows what the check finds as text. Nothing is sent or stored.
"use strict";
(() => {
  const root = new URL("../../", new URL(".", document.currentScript.src));
  const LONGEST_SHOWN = 400;
  const WORD = "value"; // what a variable holds that is only named
  const { shown } = faultbook.lines;
  const { revisions, pages } = faultbook.praxisRules;

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const box = (id, rows, placeholder) =>
    make("textarea", { id, rows, placeholder, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });

  class Form {
    constructor(place) {
      this.text = box("fb-config", "14", "Paste the YAML file of an agent here");
      this.names = box("fb-env", "3", "TOOL_IMAGE=busybox:1.36\nOPENAI_API_KEY");
      this.revision = make("select", { id: "fb-revision" }, make("option", { value: "" }, "both"),
        ...revisions.map((one) => make("option", { value: one }, one)));
      this.status = make("p", { role: "status", class: "fb-status" });
      this.results = make("div", { class: "fb-findings", tabindex: "-1" });
      const form = make("form", { class: "fb-diagnose" },
        make("label", { for: "fb-config" }, "Configuration of an agent"), this.text,
        make("label", { for: "fb-env" }, "Variables that are set, one per line: NAME or NAME=VALUE"), this.names,
        make("label", { for: "fb-revision" }, "Revision of Praxis"), this.revision,
        make("p", {}, make("button", { type: "submit", class: "md-button md-button--primary" }, "Check")), this.status);
      place.replaceChildren(form, this.results);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.check();
      });
      form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.check();
      });
    }

    check() {
      this.results.replaceChildren();
      try {
        const text = faultbook.praxisYaml.textOf(this.text.value);
        const wanted = this.revision.value ? [this.revision.value] : revisions;
        this.show(faultbook.praxis.check(text, environment(this.names.value), wanted));
      } catch (error) {
        const known = error instanceof faultbook.praxisYaml.Refusal;
        this.status.textContent = known ? error.message : `This browser cannot do it: ${error.message}. Use the command.`;
      }
    }

    show({ findings, variables }) {
      const count = (level) => findings.filter((one) => one.rule.level === level).length;
      this.status.textContent = `Checked. error: ${count("error")}, silent: ${count("silent")}, note: ${count("note")}.`;
      this.results.replaceChildren(...findings.map(section), ...(variables.length ? [listed(variables)] : []));
      this.results.focus({ preventScroll: true });
    }
  }

  /** What the agent's environment holds, as a Map, from lines NAME or NAME=VALUE. */
  function environment(text) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    return new Map(lines.map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line.trim(), WORD] : [line.slice(0, at).trim(), line.slice(at + 1)];
    }));
  }

  function section({ line, rule, what, remedy }) {
    const only = rule.revisions.length < revisions.length ? ` (only ${rule.revisions[0]})` : "";
    const page = pages[rule.page];
    return make("section", { "data-rule": rule.id },
      make("p", {}, make("code", { class: "fb-place" }, `line ${line}`), " ",
        make("strong", {}, `${rule.level}${only}`), ` ${shown(what, LONGEST_SHOWN)}`),
      make("p", {}, shown(remedy, LONGEST_SHOWN), ...(page ? [" ", make("a", { href: address(page.address) }, page.title)] : [])));
  }

  function listed(variables) {
    return make("div", {}, make("p", {}, "Variables which the agent replaces when it loads the file:"),
      make("ul", {}, ...variables.map(({ reference, place, isSet }) => make("li", {},
        make("code", { class: "fb-place" }, `line ${reference.line}`), " ", make("code", {}, shown(reference.written)),
        isSet ? " set" : " not set, it leaves nothing", place ? ` in ${shown(place)}` : ""))));
  }

  /** The address of a page of the site; opened from a file it needs the file's name. */
  const address = (path) => new URL(location.protocol === "file:" ? `${path}index.html` : path, root).href;

  for (const place of document.querySelectorAll("[data-fb-praxis]")) new Form(place);
})();
