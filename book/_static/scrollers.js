// A formula wider than its page scrolls, by the keyboard too: then, and only then, Tab stops at it.
const look = () => {
  for (const formula of document.querySelectorAll(".katex-display")) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
};
addEventListener("load", look);
addEventListener("resize", look);
