// Bets: each option becomes a button. Pressing one opens the reason, where the right one is marked.
for (const list of document.querySelectorAll(".bet .bet-options")) {
  const bet = list.closest(".bet");
  const reason = bet.querySelector("details");
  const verdict = document.createElement("p");
  verdict.className = "bet-verdict";
  verdict.setAttribute("role", "status");
  list.after(verdict);
  const items = [...list.children];
  const buttons = items.map((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(...(item.querySelector("p") ?? item).childNodes);
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", other === button);
      const right = items.findIndex((one) => one.classList.contains("bet-right"));
      verdict.textContent = items[right] === item ? "Right." : `No: it is option ${right + 1}.`;
      reason.open = true;
    });
    item.replaceChildren(button);
    return button;
  });
}
