// Linked terms: hover, focus or tap on a term lights its part of the figure and its line of code.
const told = JSON.parse(document.getElementById("linked").textContent);
const every = (selector) => [...document.querySelectorAll(selector)];

for (const block of every("[class*='linked--']")) {
  const names = [...block.classList].find((name) => name.startsWith("linked--")).split("--").slice(1);
  block.querySelectorAll(".hll").forEach((line, i) => { line.dataset.line = names[i]; });
}

const SCOPE = ".katex-display, figure.flipbook svg, div.highlight";
function light(name) {
  every(".lit").forEach((part) => part.classList.remove("lit"));
  every(".linking").forEach((scope) => scope.classList.remove("linking"));
  if (!name) return;
  const figure = told[name][1] ? `, figure.flipbook ${told[name][1]}` : "";
  for (const part of every(`.katex [data-term="${name}"], [data-line="${name}"]${figure}`)) {
    part.classList.add("lit");
    part.closest(SCOPE)?.classList.add("linking");
  }
}

let held = null; // the term that was tapped
for (const [name, [says]] of Object.entries(told)) {
  for (const term of every(`.katex [data-term="${name}"]`)) {
    // a term can be reached by keyboard, so its formula must not be hidden from a screen reader
    term.closest(".katex-html").removeAttribute("aria-hidden");
    term.setAttribute("role", "button");
    term.setAttribute("aria-pressed", "false");
    term.setAttribute("aria-label", `${says}: show in figure and code`);
    term.tabIndex = 0;
    const hold = () => {
      held = held === name ? null : name;
      every(".katex [data-term][aria-pressed]").forEach((one) =>
        one.setAttribute("aria-pressed", one.dataset.term === held));
      light(held);
    };
    term.addEventListener("pointerenter", () => light(name));
    term.addEventListener("pointerleave", () => light(held));
    term.addEventListener("focus", () => light(name));
    term.addEventListener("blur", () => light(held));
    term.addEventListener("click", hold);
    term.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") hold();
      else if (event.key === "Escape" && held) { held = name; hold(); }
      else return;
      event.preventDefault();
    });
  }
}
