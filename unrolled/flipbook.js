// Turns the pages of a flipbook, in Jupyter and on the site alike. Python drew every frame;
// this file only puts the one asked for in place. A figure holds the first frame, one artist a
// line, and as JSON { sliders: [{ name, stops, labels }], lines, frames: [[position, sentence,
// differences]] }, where a difference from the first frame is [start, end, numbers of lines].

export default {
  render({ model, el }) {
    el.innerHTML = model.get("html");
    return attach(el.querySelector("figure"), model);
  },
};

/** Bring a figure of the static page to life; returns what undoes it. */
export function mount(figure) {
  const { sliders, frames } = read(figure);
  const state = Object.fromEntries(sliders.map(({ name }, i) => [name, frames[0][0][i]]));
  const heard = new EventTarget();
  return attach(figure, {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      heard.dispatchEvent(new Event(`change:${name}`));
    },
    on: (event, listener) => heard.addEventListener(event, listener),
    off: (event, listener) => heard.removeEventListener(event, listener),
    save_changes() {},
  });
}

const read = (figure) => JSON.parse(figure.querySelector("script").textContent);

function attach(figure, model) {
  const { sliders, lines, frames } = read(figure);
  const svg = figure.querySelector("svg");
  const picture = svg.lastElementChild;
  const artists = [...picture.children]; // of the first frame
  const caption = figure.querySelector("figcaption");
  const rows = sliders.map(row);
  const button = make("button", { type: "button", className: "flipbook-play" });
  const controls = make("div", { className: "flipbook-controls" }, button, ...rows.map((r) => r.label));
  const byPosition = new Map(frames.map((frame) => [String(frame[0]), frame]));
  let shown = frames[0];
  let changed = []; // what of the first frame is replaced: [artists of this frame, start, end]
  let moving = false;
  let timer = 0;

  function replace(old, fresh, next) {
    for (const artist of old) artist.remove();
    for (const artist of fresh) picture.insertBefore(artist, next ?? null);
  }

  function paint() {
    const [position, sentence, differences] = shown;
    for (const [fresh, start, end] of changed) {
      replace(fresh, artists.slice(start, end), artists[end]);
    }
    changed = differences.map(([start, end, numbers]) => {
      const fresh = parse(numbers.map((number) => lines[number]));
      replace(artists.slice(start, end), fresh, artists[end]);
      return [fresh, start, end];
    });
    svg.setAttribute("aria-label", sentence);
    caption.textContent = sentence;
    rows.forEach((r, i) => r.put(position[i]));
  }

  function go(frame) {
    const moved = sliders.some(({ name }, i) => model.get(name) !== frame[0][i]);
    moving = true;
    sliders.forEach(({ name }, i) => model.set(name, frame[0][i]));
    moving = false;
    if (moved) model.save_changes();
    if (frame === shown) return rows.forEach((r, i) => r.put(frame[0][i]));
    shown = frame;
    paint();
  }

  function follow() {
    if (moving) return;
    const wanted = sliders.map(({ name }) => model.get(name));
    go(byPosition.get(String(wanted)) ?? nearest(frames, wanted));
  }

  function play(on) {
    clearInterval(timer);
    timer = on && setInterval(step, Math.max(150, Math.min(1000, 30000 / frames.length)));
    button.ariaLabel = on ? "Pause" : "Play";
    button.innerHTML = icon(on ? "M3 2h3v12H3zM10 2h3v12h-3z" : "M4 2l10 6-10 6z");
    caption.ariaLive = on ? "off" : "polite"; // a sentence a second is more than anyone can hear
  }

  function step() {
    const next = frames[frames.indexOf(shown) + 1];
    next ? go(next) : play(false);
  }

  rows.forEach((r, i) => {
    r.input.addEventListener("input", () => {
      play(false);
      model.set(sliders[i].name, sliders[i].stops[r.input.value]);
      model.save_changes();
    });
  });
  button.addEventListener("click", () => {
    if (timer) return play(false);
    if (shown === frames.at(-1)) go(frames[0]);
    else step();
    play(true);
  });
  controls.role = "group";
  controls.ariaLabel = "Step through the picture";
  sliders.forEach(({ name }) => model.on(`change:${name}`, follow));
  play(false);
  follow();
  figure.insertBefore(controls, caption);
  figure.dataset.flipbook = "ready";

  return () => {
    clearInterval(timer);
    sliders.forEach(({ name }) => model.off(`change:${name}`, follow));
    controls.remove();
    figure.dataset.flipbook = "";
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

function row({ name, stops, labels }) {
  const [, letter, digits] = name.match(/^(\p{L})(\d*)$/u) ?? []; // a symbol, such as t or z1
  const title = letter
    ? make("i", { textContent: letter }, make("sub", { textContent: digits }))
    : make("span", { textContent: name.replaceAll("_", " ") });
  const input = make("input", { type: "range", min: 0, max: stops.length - 1, step: 1 });
  const value = make("span", { className: "flipbook-value", ariaHidden: "true" });
  value.style.minWidth = `${Math.min(16, Math.max(...labels.map((text) => text.length)))}ch`;
  return {
    input,
    label: make("label", {}, title, input, value),
    put(stop) {
      const i = stops.indexOf(stop);
      input.value = i;
      input.ariaValueText = value.textContent = labels[i].replace(/^-(?=\d)/, "−");
    },
  };
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
