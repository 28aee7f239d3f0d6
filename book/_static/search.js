// The search page: asks MiniSearch for the book's sections, and shows them with an excerpt each.
(() => {
  const MOST = 60, BEFORE = 50, LENGTH = 200;
  const WORD = /[\p{L}\p{N}_]+/gu;
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const split = (text) => (text.match(WORD) ?? []).map(fold);

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  // A piece of `text` around the most different words that were found, these marked.
  function excerpt(text, found) {
    const hits = [...text.matchAll(WORD)]
      .map((match) => ({ at: match.index, word: match[0], folded: fold(match[0]) }))
      .filter((hit) => found.has(hit.folded));
    const within = (hit) =>
      hits.filter((h) => h.at >= hit.at && h.at + h.word.length <= hit.at + LENGTH - BEFORE);
    const variety = (hit) => new Set(within(hit).map((h) => h.folded)).size;
    const best = hits.reduce((a, b) => (a && variety(a) >= variety(b) ? a : b), null);
    let start = Math.max(0, (best?.at ?? 0) - BEFORE);
    if (start) start = text.indexOf(" ", start) + 1;
    let end = start + LENGTH;
    if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), start + BEFORE);
    const line = element("p", "context", start ? "… " : "");
    let done = start;
    for (const { at, word } of hits.filter((hit) => hit.at >= start && hit.at < end)) {
      line.append(text.slice(done, at), element("mark", "", word));
      done = at + word.length;
    }
    line.append(text.slice(done, end), end < text.length ? " …" : "");
    return line;
  }

  function search(query) {
    const sections = bookSections.map(([uri, anchor, title, page, text], id) =>
      ({ id, uri, anchor, title, page, text }));
    const index = new MiniSearch({
      fields: ["title", "text"],
      tokenize: split,
      processTerm: (word) => word,
      searchOptions: {
        boost: { title: 4 },
        prefix: (word) => word.length > 2,
        fuzzy: (word) => (word.length > 4 ? 0.2 : false),
      },
    });
    index.addAll(sections);
    const asked = split(query);
    const titled = ({ id }) => {
      const title = split(sections[id].title);
      if (!asked.every((word) => title.some((other) => other.startsWith(word)))) return 0;
      return sections[id].anchor ? 1 : 2; // a page before a section
    };
    const strict = index.search(query, { combineWith: "AND" });
    const results = strict.length ? strict : index.search(query);
    results.sort((a, b) => titled(b) - titled(a) || b.score - a.score);
    return results.map((result) => ({ ...sections[result.id], found: new Set(result.terms) }));
  }

  function show(query) {
    const results = search(query), count = results.length;
    const status = document.getElementById("search-status");
    const places = `${count} place${count === 1 ? "" : "s"}`;
    status.textContent = count
      ? `“${query}”: ${places}${count > MOST ? `, the best ${MOST} of them` : ""}`
      : `“${query}” is nowhere in the book. Try a shorter word, or fewer of them.`;
    document.getElementById("search-results").replaceChildren(
      ...results.slice(0, MOST).map(({ uri, anchor, title, page, text, found }) => {
        const link = element("a", "", title);
        link.href = anchor ? `${uri}#${anchor}` : uri;
        const item = element("li", "", link);
        if (anchor) item.append(" ", element("span", "where", page));
        if (text) item.append(excerpt(text, found));
        return item;
      }),
    );
  }

  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const field = document.querySelector("article input[name=q]");
  field.value = query;
  if (query) show(query);
  else field.focus();
})();
