// Cards: a pressed symbol says what it means, an equation's number what stands behind it.
// Their texts are in the page's <template id="cards">; nothing is computed here.
const template = document.getElementById("cards");
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// The card that is open, below what it was opened from.
const card = document.createElement("div");
card.className = "card-open";
card.setAttribute("role", "dialog");
card.tabIndex = -1;
card.hidden = true;
document.querySelector(".bd-article")?.append(card);
let opener = null;

function open(from, content, label) {
  if (opener === from) return close();
  close();
  opener = from;
  card.replaceChildren(...content.cloneNode(true).childNodes);
  card.setAttribute("aria-label", label);
  card.hidden = false;
  from.setAttribute("aria-expanded", "true");
  const home = card.offsetParent.getBoundingClientRect();
  const box = from.getBoundingClientRect();
  const room = document.documentElement.clientWidth - card.offsetWidth - 8;
  card.style.left = `${Math.max(8, Math.min(box.left, room)) - home.left}px`;
  card.style.top = `${box.bottom - home.top + 6}px`;
  card.focus({ preventScroll: true });
}

function close(back = false) {
  if (!opener) return;
  card.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  if (back) opener.focus({ preventScroll: true });
  opener = null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opener) close(true);
});
document.addEventListener("click", (event) => {
  if (opener && !card.contains(event.target) && !opener.contains(event.target)) close();
});

// Equations: their number is a button where a card tells of it.
for (const content of all("[data-equation]", template.content)) {
  const number = document.getElementById(content.dataset.equation)?.querySelector(".eqno");
  const text = [...(number?.childNodes ?? [])].find((node) => /\d/.test(node.textContent));
  if (!text) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "card-number";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", `Equation ${text.textContent}: how it is checked`);
  text.replaceWith(button);
  button.append(text);
  button.addEventListener("click", () => open(button, content, `Equation ${text.textContent}`));
}

// Symbols: dressed as buttons when the reader first asks for it.
const symbols = all("[data-symbol]", template.content);
const INDEX = /^[0-9a-zA-Zℓ]$/;

function find(letter, index) {
  const having = (test) => symbols.find((one) => test(one.dataset.symbol));
  const of = (key) => key.startsWith(`${letter}|`);
  if (!index) return having((key) => key === letter) ?? having(of);
  return having((key) => key === `${letter}|${index}`)
    ?? (INDEX.test(index) ? having((key) => of(key) && "ℓtkn".includes(key.at(-1))) : null)
    ?? having((key) => key === letter) ?? having(of);
}

function meaning(span) {
  const accent = span.closest(".accent");
  const scripts = (accent ?? span).nextElementSibling;
  const beside = scripts?.classList.contains("msupsub") ? scripts : null;
  const below = beside?.querySelector(":scope > .vlist-t2 > .vlist-r > .vlist > span");
  const text = (element) => element?.textContent.replace("\u200b", "") ?? "";
  const style = accent ? "^" : span.classList.contains("mathbf") ? "*" : "";
  if (text(span) === "e" && beside && !below && !text(beside).includes("⊤")) return null; // e^x
  return find(text(span) + style, text(below)[0]);
}

let dressed = null;
function dress() {
  dressed = [];
  for (const formula of all(".bd-article .katex-html")) {
    if (formula.closest(".admonition:not(.bet), button, a, .card-open")) continue;
    const leaves = all(".mord:not(:has(*))", formula).filter(
      (span) => /^\p{L}$/u.test(span.textContent) && !span.closest(".msupsub, .mathrm, .text")
    );
    const found = leaves.map((span) => [span, meaning(span)]).filter(([, content]) => content);
    found.forEach(([span, content]) => {
      span.classList.add("card-symbol");
      span.addEventListener("click", () => on() && open(span, content, content.children[1].textContent));
    });
    if (found.length) dressed.push([formula, found]);
  }
}

const on = () => toggle.getAttribute("aria-pressed") === "true";
function set(state) {
  toggle.setAttribute("aria-pressed", state);
  document.body.classList.toggle("cards-on", state);
  if (state && !dressed) dress();
  for (const [formula, found] of dressed ?? []) {
    // the letters can be reached by keyboard, so they must not be hidden from a screen reader
    formula.toggleAttribute("aria-hidden", false);
    const terms = all("[data-term]", formula); // linked terms are buttons themselves: one at a time
    if (!state && !terms.length) formula.setAttribute("aria-hidden", "true");
    for (const term of terms) {
      term.setAttribute("role", state ? "group" : "button");
      term.tabIndex = state ? -1 : 0;
      if (state) term.removeAttribute("aria-pressed");
      else term.setAttribute("aria-pressed", "false");
    }
    found.forEach(([span, content], i) => {
      const attributes = {
        role: "button", tabindex: i ? -1 : 0, "aria-expanded": false,
        "aria-label": `${span.textContent}: ${content.children[1].textContent}`,
      };
      for (const [name, value] of Object.entries(attributes)) {
        if (state) span.setAttribute(name, value);
        else span.removeAttribute(name);
      }
    });
  }
  close();
}

// One stop for the Tab key in each formula; the arrows go from letter to letter.
document.addEventListener("keydown", (event) => {
  const span = event.target.closest?.(".cards-on .card-symbol");
  if (!span) return;
  if (event.key === "Enter" || event.key === " ") span.click();
  else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const letters = all(".card-symbol", span.closest(".katex-html"));
    const next = letters.at((letters.indexOf(span) + (event.key === "ArrowRight" ? 1 : -1)) % letters.length);
    span.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  } else return;
  event.preventDefault();
});

const toggle = document.createElement("button");
toggle.type = "button";
toggle.className = "btn btn-sm card-toggle";
toggle.title = "Symbols: press a letter of a formula to see what it means";
toggle.setAttribute("aria-label", toggle.title);
toggle.textContent = "x?";
toggle.addEventListener("click", () => {
  set(!on());
  try { localStorage.setItem("cards", on()); } catch { /* not kept, where that is not allowed */ }
});
document.querySelector(".header-article-items__end .article-header-buttons")?.prepend(toggle);
let kept = null;
try { kept = localStorage.getItem("cards"); } catch { /* as above */ }
set(kept === "true");
