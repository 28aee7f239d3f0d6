// Turns the pages of a flipbook, in Jupyter and on the site alike. Python drew every frame;
// this file only puts the one asked for in place. A figure holds the frame shown first, one artist
// a line, and as JSON { sliders: [{ name, stops, labels, buttons }], start, lines, frames:
// [[position, sentence, differences of each drawing]], name }, where a difference from the frame
// shown first is [start, end, numbers of lines].

export default {
  render({ model, el }) {
    el.innerHTML = model.get("html");
    return attach(el.querySelector("figure"), model);
  },
};

/** Bring a figure of the static page to life; returns what undoes it. */
export function mount(figure) {
  const { name, sliders, frames, start } = read(figure);
  const state = Object.fromEntries(sliders.map(({ name }, i) => [name, frames[start][0][i]]));
  const heard = new EventTarget();
  let later = 0;
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      heard.dispatchEvent(new Event(`change:${name}`));
    },
    on: (event, listener) => heard.addEventListener(event, listener),
    off: (event, listener) => heard.removeEventListener(event, listener),
    save_changes() {
      clearTimeout(later); // a browser refuses an address for every step of a drag
      if (name) later = setTimeout(() => history.replaceState(history.state, "", address()), 250);
    },
  };
  const address = () =>
    `#${new URLSearchParams([
      ["fig", name],
      ...sliders.map(({ name, stops, labels }) => [name, labels[stops.indexOf(state[name])]]),
    ])}`;

  function arrive() {
    const query = location.hash.slice(1);
    if (!name || new URLSearchParams(query).get("fig") !== name) return;
    asked(sliders, query).forEach((stop, i) => stop !== undefined && model.set(sliders[i].name, stop));
    figure.scrollIntoView();
  }

  const undo = attach(figure, model);
  addEventListener("hashchange", arrive);
  arrive();
  return () => {
    removeEventListener("hashchange", arrive);
    undo();
  };
}

const read = (figure) => JSON.parse(figure.querySelector("script").textContent);

/** The stop that a text such as t=5&k=2 asks of each slider; undefined where of none. */
function asked(sliders, text) {
  const query = new URLSearchParams(text);
  return sliders.map(({ name, stops, labels }) => stops[labels.indexOf(query.get(name))]);
}

function attach(figure, model) {
  const { sliders, lines, frames, start } = read(figure);
  const svgs = [...figure.querySelectorAll("svg")];
  const drawings = svgs.map((svg) => drawing(svg, lines));
  const caption = figure.querySelector("figcaption");
  const rows = sliders.map((slider) =>
    (slider.buttons ? choice : track)(slider, (stop) => {
      play(false);
      model.set(slider.name, stop);
      model.save_changes();
    }),
  );
  const walk = sliders.findLastIndex(({ buttons }) => !buttons); // what play walks along
  const button = make("button", { type: "button", className: "flipbook-play" });
  const controls = make("div", { className: "flipbook-controls" }, ...rows.map((r) => r.element));
  const byPosition = new Map(frames.map((frame) => [String(frame[0]), frame]));
  const life = new AbortController();
  const listen = (target, type, listener) =>
    target.addEventListener(type, listener, { signal: life.signal, passive: false });
  let shown = frames[start];
  let moving = false;
  let timer = 0;

  /** The stops of a slider that there are at the present stops of those before it. */
  function admitted(i) {
    const here = frames.filter(([p]) => shown[0].slice(0, i).every((stop, j) => stop === p[j]));
    return [...new Set(here.map(([p]) => p[i]))];
  }

  function paint() {
    const [position, sentence, ...differences] = shown;
    drawings.forEach((show, i) => show(differences[i]));
    for (const svg of svgs) if (svg.role) svg.ariaLabel = sentence;
    caption.textContent = sentence;
    settle();
  }

  function settle() {
    rows.forEach((r, i) => r.put(shown[0][i], admitted(i)));
    if (walk >= 0) button.disabled = admitted(walk).length < 2;
  }

  function go(frame) {
    const moved = sliders.some(({ name }, i) => model.get(name) !== frame[0][i]);
    moving = true;
    sliders.forEach(({ name }, i) => model.set(name, frame[0][i]));
    moving = false;
    if (moved) model.save_changes();
    if (frame === shown) return settle();
    shown = frame;
    paint();
  }

  function follow() {
    if (moving) return;
    const wanted = sliders.map(({ name }) => model.get(name));
    go(byPosition.get(String(wanted)) ?? nearest(frames, wanted));
  }

  /** The frame so many stops on along a slider, if there is one. */
  function beside(i, by) {
    const stops = admitted(i);
    const stop = stops[stops.indexOf(shown[0][i]) + by];
    return stop !== undefined && nearest(frames, shown[0].with(i, stop));
  }

  function play(on) {
    clearInterval(timer);
    const count = on && sliders[walk].stops.length;
    timer = on && setInterval(step, Math.max(150, Math.min(1000, 30000 / count)));
    button.ariaLabel = `${on ? "Pause" : "Play"} ${sliders[walk]?.name}`;
    button.innerHTML = icon(on ? "M3 2h3v12H3zM10 2h3v12h-3z" : "M4 2l10 6-10 6z");
    caption.ariaLive = on ? "off" : "polite"; // a sentence a second is more than anyone can hear
  }

  function step() {
    const next = beside(walk, 1);
    next ? go(next) : play(false);
  }

  function pick(event) {
    const part = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-pick]");
    if (!part || !figure.contains(part)) return;
    play(false);
    go(nearest(frames, asked(sliders, part.dataset.pick).map((stop, i) => stop ?? shown[0][i])));
  }

  const held = svgs.find((svg) => svg.querySelector("[data-pick]"));
  if (held) {
    held.tabIndex = 0;
    held.role = "application";
    held.ariaRoleDescription = "picture to move with the arrow keys";
    held.ariaHidden = null;
    listen(held, "keydown", (event) => {
      const [axis, by] = ARROWS[event.key] ?? [];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      play(false);
      const next = beside(Math.max(0, sliders.length - axis), by);
      if (next) go(next);
    });
    listen(figure, "pointerdown", (event) => {
      if (event.button || !event.target.closest("[data-pick]")) return;
      event.preventDefault(); // or the mouse takes the focus away again
      held.focus({ preventScroll: true });
      figure.setPointerCapture(event.pointerId);
      setTimeout(pick, 0, event); // after touchstart, which a part taken out would not pass on
    });
    listen(figure, "touchstart", (event) => {
      if (event.target.closest("[data-pick]")) event.preventDefault(); // or the page scrolls
    });
    listen(figure, "pointermove", (event) => {
      if (figure.hasPointerCapture(event.pointerId)) pick(event);
    });
  }
  button.addEventListener("click", () => {
    if (timer) return play(false);
    go(beside(walk, 1) || nearest(frames, shown[0].with(walk, admitted(walk)[0])));
    play(true);
  });
  if (walk >= 0) rows[walk].element.children[0].after(button);
  controls.role = "group";
  controls.ariaLabel = "Step through the picture";
  sliders.forEach(({ name }) => model.on(`change:${name}`, follow));
  play(false);
  follow();
  figure.insertBefore(controls, caption);
  figure.dataset.lmSuppressShortcuts = "true"; // JupyterLab leaves the arrow keys to the figure
  figure.dataset.flipbook = "ready";

  return () => {
    clearInterval(timer);
    life.abort();
    sliders.forEach(({ name }) => model.off(`change:${name}`, follow));
    controls.remove();
    figure.dataset.flipbook = "";
  };
}

/** Which slider an arrow key moves, counted from the last, and where to: rows go down. */
const ARROWS = { ArrowLeft: [1, -1], ArrowRight: [1, 1], ArrowUp: [2, -1], ArrowDown: [2, 1] };

/** What shows a frame of one drawing, given its differences from the first. */
function drawing(svg, lines) {
  const picture = svg.lastElementChild;
  const artists = [...picture.children]; // of the frame shown first
  let changed = []; // what of it is replaced: [artists of this frame, start, end]

  function replace(old, fresh, next) {
    for (const artist of old) artist.remove();
    for (const artist of fresh) picture.insertBefore(artist, next ?? null);
  }

  return (differences) => {
    for (const [fresh, start, end] of changed) {
      replace(fresh, artists.slice(start, end), artists[end]);
    }
    changed = differences.map(([start, end, numbers]) => {
      const fresh = parse(numbers.map((number) => lines[number]));
      replace(artists.slice(start, end), fresh, artists[end]);
      return [fresh, start, end];
    });
  };
}

/** The frame nearest to a position: first by the first slider, then by the next, and so on. */
function nearest(frames, wanted) {
  const closer = (p, q) => {
    const i = wanted.findIndex((w, j) => Math.abs(p[j] - w) !== Math.abs(q[j] - w));
    return i >= 0 && Math.abs(p[i] - wanted[i]) < Math.abs(q[i] - wanted[i]);
  };
  return frames.reduce((best, frame) => (closer(frame[0], best[0]) ? frame : best));
}

/** A slider; its track reaches over the stops that there are now. */
function track({ name, stops, labels }, move) {
  const last = Math.max(1, stops.length - 1);
  const input = make("input", { type: "range", step: 1, ariaLabel: name });
  const value = make("span", { className: "flipbook-value" });
  value.style.minWidth = `${Math.min(16, Math.max(...labels.map((text) => text.length)))}ch`;
  const box = make("div", { className: "flipbook-track" }, input);
  box.style.setProperty("--last", last);
  input.addEventListener("input", () => move(stops[input.value]));
  return {
    element: make("div", { className: "flipbook-row" }, title(name, value), box),
    put(stop, admitted) {
      const [low, high] = [admitted[0], admitted.at(-1)].map((end) => stops.indexOf(end));
      Object.assign(input, { min: low, max: high, disabled: low === high });
      input.style.setProperty("--low", low / last);
      input.style.setProperty("--span", (high - low) / last);
      const i = stops.indexOf(stop);
      input.value = i;
      input.ariaValueText = value.textContent = labels[i].replace(/^-(?=\d)/, "−");
    },
  };
}

/** A few labels, each a button. */
function choice({ name, stops, labels }, move) {
  const buttons = labels.map((label, i) => {
    const button = make("button", { type: "button", textContent: label });
    button.addEventListener("click", () => move(stops[i]));
    return button;
  });
  const group = make("div", { className: "flipbook-choice", role: "group", ariaLabel: name }, ...buttons);
  return {
    element: make("div", { className: "flipbook-row" }, title(name), group),
    put(stop, admitted) {
      buttons.forEach((button, i) => {
        button.ariaPressed = stops[i] === stop;
        button.disabled = !admitted.includes(stops[i]);
      });
    },
  };
}

/** A slider's name as the mathematics has it, and its value. */
function title(name, ...value) {
  const [, letter, digits] = name.match(/^(\p{L})(\d*)$/u) ?? []; // a symbol, such as t or z1
  const words = letter
    ? [make("i", { textContent: letter }), make("sub", { textContent: digits }), ...value.flatMap((v) => [" = ", v])]
    : [name.replaceAll("_", " "), ...value.flatMap((v) => [" ", v])];
  return make("span", { className: "flipbook-name", ariaHidden: "true" }, ...words);
}

/** Lines of SVG, each one artist, as elements. */
function parse(lines) {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  group.innerHTML = lines.join("");
  return [...group.children];
}

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const icon = (path) =>
  `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill="currentColor" d="${path}"/></svg>`;
