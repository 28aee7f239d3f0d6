// The playground: sliders and a box for W, and a picture that the page's Python draws anew. The
// figure brings its sliders: [name, label, least, most, step, where it stands].
(() => {
  const figure = document.querySelector("figure.playground");
  const sliders = JSON.parse(figure.dataset.sliders);
  const KEY = "playground";
  const PAUSE = 500; // of a reader who types, before the text is read
  const pieces = figure.querySelector(".flipbook-pieces");
  const caption = figure.querySelector("figcaption");

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (textContent) => make("button", { type: "button", textContent });

  const rows = sliders.map(([name, label, min, max, step, at]) => {
    const input = make("input", { type: "range", min, max, step, value: at, ariaLabel: label });
    const value = make("span", { className: "flipbook-value" });
    const words = label.split(/\b([A-Z])\b/); // a single capital is a letter of the mathematics
    const marked = words.map((word, i) => (i % 2 ? make("i", { textContent: word }) : word));
    const title = make("span", { className: "flipbook-name", ariaHidden: "true" }, ...marked, " ", value);
    const track = make("div", { className: "flipbook-track" }, input);
    return { name, input, value, start: `${at}`, row: make("div", { className: "flipbook-row" }, title, track) };
  });
  const box = make("textarea", {
    className: "live-code",
    rows: 4,
    maxLength: 20000,
    placeholder: "0.5 0.8\n-0.3 0.9",
    spellcheck: false,
    autocapitalize: "off",
    autocomplete: "off",
  });
  const [fill, clear, reset] = ["Write the W shown into it", "Empty it", "Reset all"].map(button);
  const said = make("p", { className: "playground-said", id: "playground-said", role: "status" });
  const controls = make("div", { className: "flipbook-controls", role: "group", ariaLabel: "The network" });
  const own = make(
    "div",
    { className: "playground-own" },
    make("label", {}, "Or type ", make("i", { textContent: "W" }), " itself, a row of numbers a line:", box),
    make("div", { className: "live-bar" }, fill, clear, reset),
    said,
  );
  box.setAttribute("aria-describedby", said.id);
  controls.append(...rows.map(({ row }) => row));
  caption.before(controls);
  caption.after(own);
  caption.ariaLive = "polite";
  figure.classList.add("playground-ready");

  const typed = () => Boolean(box.value.trim());
  const state = () => Object.fromEntries([...rows.map(({ name, input }) => [name, input.value]), ["W", box.value]]);
  const first = Object.fromEntries([...rows.map(({ name, start }) => [name, start]), ["W", ""]]);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  let asked = first; // of Python, at last

  /** What a text, such as one of the address, asks of the sliders; other values stay. */
  function put(wanted) {
    for (const { name, input } of rows) {
      if (wanted[name]?.trim() && isFinite(wanted[name])) input.value = wanted[name];
    }
    if (typeof wanted.W === "string") box.value = wanted.W;
    settle();
  }

  function settle() {
    for (const { name, input, value } of rows) {
      input.disabled = typed() && (name === "H" || name === "radius");
      value.textContent = input.disabled ? "" : input.value;
    }
    fill.disabled = typed();
    clear.disabled = !typed();
    reset.disabled = same(state(), first);
  }

  const addressed = () => new URLSearchParams(location.hash.slice(1));
  const linked = () => addressed().get("fig") === KEY;
  function restore() {
    if (linked()) return put({ ...first, ...Object.fromEntries(addressed()) });
    try {
      put(JSON.parse(localStorage.getItem(KEY)) ?? {});
    } catch {
      // refused, or not ours: then all stands as in the book
    }
  }

  let later = 0;
  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(state()));
    } catch {
      // refused: then it lasts as long as the page
    }
    clearTimeout(later); // a browser refuses an address for every step of a drag
    later = setTimeout(() => {
      const query = new URLSearchParams({ fig: KEY, ...state() });
      history.replaceState(history.state, "", same(state(), first) ? location.pathname : `#${query}`);
    }, 250);
  }

  const given = () => rows.map(({ name, input }) => `${name}=${input.value}`).join(", ");
  const drawing = () =>
    [
      "from unrolled.playground import picture",
      "try:",
      `    print(picture(${given()}, W=${typed() ? JSON.stringify(box.value) : "None"}))`,
      "except ValueError as wrong:",
      "    print(wrong)",
    ].join("\n");
  const writing = () =>
    [
      "from unrolled.playground import network, text_of",
      `at = dict(${given()})`,
      'del at["window"]',
      "print(text_of(network(**at)[0].W))",
    ].join("\n");

  function tell(sentence) {
    said.textContent = sentence;
    said.classList.toggle("playground-fault", Boolean(sentence));
  }

  async function ask(program) {
    let text = "";
    const soon = setTimeout(() => (said.textContent ||= "Computing …"), 400);
    const fault = await pagePython.run(program, (piece) => (text += piece));
    clearTimeout(soon);
    tell(fault);
    return fault ? "" : text.trim();
  }

  function show(text) {
    const drawn = text.startsWith("<figure");
    box.ariaInvalid = String(Boolean(text) && !drawn);
    if (text && !drawn) tell(text);
    if (!drawn) return;
    const sheet = make("template", { innerHTML: text }).content;
    pieces.replaceChildren(...sheet.querySelector(".flipbook-pieces").children);
    caption.textContent = sheet.querySelector("figcaption").textContent;
  }

  let busy = false;
  let stale = false;
  async function draw() {
    stale = true;
    if (busy) return; // what is asked for in the meantime waits; of it the newest alone is drawn
    busy = true;
    while (stale) {
      stale = false;
      asked = state();
      show(await ask(drawing()));
    }
    busy = false;
  }

  function changed() {
    settle();
    keep();
    draw();
  }

  let pause = 0;
  controls.addEventListener("input", changed);
  box.addEventListener("input", () => {
    settle();
    clearTimeout(pause);
    pause = setTimeout(changed, PAUSE);
  });
  fill.addEventListener("click", async () => {
    const text = await ask(writing());
    if (!text) return;
    box.value = text;
    box.focus();
    changed();
  });
  clear.addEventListener("click", () => {
    box.value = "";
    box.focus();
    changed();
  });
  reset.addEventListener("click", () => {
    put(first);
    rows[0].input.focus();
    changed();
  });
  for (const touch of ["pointerenter", "focusin"]) {
    figure.addEventListener(touch, pagePython.warm, { once: true });
  }
  function arrive() {
    if (linked()) figure.scrollIntoView();
    restore();
    if (!same(state(), asked)) draw();
  }
  addEventListener("hashchange", () => linked() && arrive());
  arrive();
})();
