// Live cells: the code becomes an editor with Run and Reset, and what it prints stands below.
(() => {
  const PATIENCE = 5000;
  const CHECK = /^([✓✗]) (?:ex: )?(.+?): (.*(?:complex step|central difference|both sides|rejected).*)$/;

  function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  // what was typed stays in the reader's own browser, under the code that stands in the book
  const key = (code) => `live cell: ${code}`;
  function recall(code) {
    try {
      return localStorage.getItem(key(code)) ?? code;
    } catch {
      return code;
    }
  }
  function keep(code, typed) {
    try {
      if (typed === code) localStorage.removeItem(key(code));
      else localStorage.setItem(key(code), typed);
    } catch {
      // refused: then it lasts as long as the page
    }
  }

  // printed text, in the page's dress: a check is a line of its own
  function dress(output, text) {
    output.replaceChildren();
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const block = output.lastElementChild;
      const [, sign, name, how] = CHECK.exec(line) ?? [];
      if (sign) {
        const check = make("p", `check check-${sign === "✓" ? "ok" : "no"}`);
        check.append(
          make("span", "check-sign", sign),
          make("span", "check-how", ` ${how.replace(/ agrees? to /, " to ")} `),
          make("span", "check-name", name),
        );
        output.append(check);
      } else if (block?.tagName === "PRE") block.textContent += `\n${line}`;
      else output.append(make("pre", "", line));
    }
  }

  // cells that later ones need, wherever they stand before them
  const setups = [...document.querySelectorAll("div.cell.tag_live-setup")];
  const sourceOf = (cell) => cell.querySelector(".cell_input pre");
  const codeOf = (cell) => sourceOf(cell).textContent.trimEnd();

  // where the book has the sections that an output names
  const sections = JSON.parse(document.querySelector("script.sections")?.textContent ?? "{}");
  const led = (html) =>
    html.replace(/section (\d+\.\d+) \([^()<>]*\)/g, (said, number) =>
      sections[number] ? `<a href="${sections[number]}">${said}</a>` : said,
    );

  function enliven(cell) {
    const source = sourceOf(cell);
    const code = codeOf(cell);
    const stored = cell.querySelector(".cell_output");
    const editor = make("textarea", "live-code");
    const bar = make("div", "live-bar");
    const [run, reset, stop] = ["Run", "Reset", "Stop"].map((name) => {
      const button = make("button", "", name);
      button.type = "button";
      return button;
    });
    const state = make("span", "live-state");
    const output = make("div", "live-output");
    editor.ariaLabel = "Python code";
    editor.spellcheck = false;
    editor.autocapitalize = editor.autocomplete = "off";
    run.title = "Ctrl+Enter";
    state.role = "status";
    output.role = "log";
    output.ariaLabel = "Output";
    output.tabIndex = 0;
    stop.hidden = output.hidden = true;
    bar.append(run, reset, stop, state);
    source.closest(".cell_input").after(editor, bar, output);
    cell.classList.add("live");

    function fit() {
      editor.style.height = "auto";
      editor.style.height = `${editor.scrollHeight + editor.offsetHeight - editor.clientHeight}px`;
    }
    function show(typed) {
      if (editor.value !== typed) editor.value = typed;
      cell.classList.toggle("live-changed", typed !== code);
      reset.disabled = typed === code && output.hidden;
      fit();
    }
    async function start() {
      if (run.disabled) return;
      let text = "";
      run.disabled = true;
      state.textContent = "";
      const soon = setTimeout(() => (state.textContent = "Running …"), 300);
      const late = setTimeout(() => (stop.hidden = false), PATIENCE);
      let html = "";
      const setup = setups.filter((other) => other.compareDocumentPosition(cell) & 4);
      const fault = await pagePython.run(
        editor.value,
        (piece) => {
          text += piece;
          dress(output, text);
          output.hidden = false;
        },
        { setup: setup.map(codeOf).join("\n"), show: (value) => (html = value) },
      );
      clearTimeout(soon);
      clearTimeout(late);
      if (document.activeElement === stop) editor.focus();
      stop.hidden = true;
      run.disabled = reset.disabled = false;
      if (!text) output.replaceChildren();
      output.insertAdjacentHTML("beforeend", led(html));
      if (fault) output.append(make("pre", "live-fault", fault));
      output.hidden = !text && !html && !fault;
      state.textContent = text || html || fault ? "" : "It ran, and printed nothing.";
      cell.classList.add("live-ran");
    }

    editor.addEventListener("input", () => {
      keep(code, editor.value);
      show(editor.value);
    });
    editor.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey || event.shiftKey) {
        start();
      } else {
        const line = editor.value.slice(0, editor.selectionStart).split("\n").pop();
        const deeper = line.endsWith(":") ? "    " : "";
        document.execCommand("insertText", false, `\n${/^ */.exec(line)}${deeper}`);
      }
    });
    run.addEventListener("click", start);
    stop.addEventListener("click", () => pagePython.stop());
    reset.addEventListener("click", () => {
      output.hidden = true;
      state.textContent = "";
      cell.classList.remove("live-ran");
      show(code);
      keep(code, code);
      editor.focus();
    });
    for (const touch of ["pointerenter", "focusin"]) {
      cell.addEventListener(touch, pagePython.warm, { once: true });
    }
    addEventListener("resize", fit);
    document.fonts?.ready.then(fit);
    show(recall(code));
  }

  for (const cell of document.querySelectorAll("div.cell.tag_live")) enliven(cell);
})();
