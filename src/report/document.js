// One document: its text with marks, and the explanation of the mark that is chosen.

/** So many marks may lie inside each other; what is deeper is in the explanations alone. */
const DEEPEST = 24;

function documentView(indexInRoute, ...rest) {
  const doc = documents()[Number(indexInRoute)];
  if (!doc) return [el("p", {}, "No such document.")];
  const which = Object.hasOwn(others, rest[0] ?? "") && doc[rest[0]] ? rest[0] : null;
  const wanted = which ? rest[1] : rest[0];
  const body = el("div", { class: "text", dir: "auto", lang: "" });
  const aside = el("aside", { class: "explanation legend-only", "aria-live": "polite", "aria-label": "Explanation" });
  const marks = [];
  const choose = (item) => {
    for (const mark of body.querySelectorAll(".chosen")) mark.classList.remove("chosen");
    for (const mark of item.marks) mark.classList.add("chosen");
    aside.classList.remove("legend-only");
    aside.replaceChildren(...explanation(doc, item, which));
  };
  const items = which
    ? itemsAgainst(doc, which)
    : passingSpans(doc).map((span) => ({ ...span, ...styleOf(span), marks: [], key: `${span.index}` }));
  render(doc, items, body, (item) => {
    const mark = el("span", {
      class: `mention ${item.class}`, role: "button", tabindex: marks.length ? "-1" : "0", "data-tag": item.tag, "data-key": item.key,
      onclick: (event) => {
        event.stopPropagation();
        mark.focus();
      },
      onfocus: () => choose(item),
    });
    item.marks.push(mark);
    marks.push(mark);
    return mark;
  });
  aside.replaceChildren(...legend(doc, items, which));
  afterwards(() => {
    const mark = marks.find(({ dataset }) => dataset.key === wanted);
    mark?.focus();
    mark?.scrollIntoView({ block: "center" });
  });
  return [
    el("div", { class: "bar-above" },
      el("p", { class: "back" }, link("documents", {}, "← documents")),
      el("span", { class: "steps" }, step(doc, -1, "previous", "[", which), step(doc, 1, "next", "]", which))),
    el("h2", { dir: "auto" }, doc.id),
    modes(doc, which),
    meta(doc),
    el("div", { class: "document" }, body, aside),
  ];
}

/** Links to the same document beside the other sides. */
function modes(doc, which) {
  const sides = Object.keys(others).filter((other) => doc[other]);
  if (!sides.length) return null;
  return el("p", { class: "modes" }, [null, ...sides].map((mode) =>
    link(`document/${doc.index}${mode ? `/${mode}` : ""}`, { "aria-current": mode === which ? "true" : null }, mode ? others[mode].tab : "Entities")));
}

/** The document so many places further in the list that was shown last. */
function neighbour(doc, by) {
  const order = shownDocuments?.includes(doc.index) ? shownDocuments : documents().map((d) => d.index);
  return documents()[order[order.indexOf(doc.index) + by]];
}

function step(doc, by, name, key, which) {
  const other = neighbour(doc, by);
  return other ? link(`document/${other.index}${which ? `/${which}` : ""}`, { id: `${name}-document`, title: `${other.id} (${key})` }, name) : el("span", { class: "none" }, name);
}

function meta(doc) {
  const rows = doc.meta.map(([name, value]) => [
    el("dt", { dir: "auto" }, name),
    el("dd", { dir: "auto" }, typeof value === "string" ? value : JSON.stringify(value)),
  ]);
  if (!rows.length) return null;
  return el("details", { class: "meta" }, el("summary", {}, doc.date ? `${doc.date} · meta` : "meta"), el("dl", { class: "facts" }, rows));
}

/** How a span looks: its colour is its label's, its line its score's, and hatching says that it lies in a zone. */
function styleOf(span) {
  const line = span.score === null || span.score >= 90 ? "sure" : span.score >= 70 ? "likely" : "unsure";
  const zoned = summary.zones[span.zone] === "body" ? "" : "zoned";
  return { class: `${labelClass(span.label)} ${line} ${zoned}`, tag: labelName(span.label) };
}

/**
 * Puts a text with marks into an element. Items lie inside each other where they can; what reaches over the end of another is cut
 * there and goes on behind it. Zones of the text are elements of their own around all.
 */
function render(doc, items, parent, markOf) {
  const zones = doc.zones.map(([start, end, name]) => ({ start, end, zone: name }));
  const queue = [...zones, ...items].sort((a, b) => a.start - b.start || b.end - a.end);
  const open = [];
  let at = 0;
  const top = () => open.at(-1)?.node ?? parent;
  const textUntil = (end) => {
    if (end > at) top().append(doc.text.slice(at, end));
    at = Math.max(at, end);
  };
  const closeUntil = (place) => {
    while (open.length && open.at(-1).end <= place) {
      textUntil(open.at(-1).end);
      open.pop();
    }
  };
  for (let i = 0; i < queue.length; i += 1) {
    const item = queue[i];
    closeUntil(item.start);
    if (open.length >= DEEPEST) continue;
    const end = Math.min(item.end, open.at(-1)?.end ?? item.end);
    if (end < item.end) {
      const rest = { ...item, start: end, of: item.of ?? item };
      let place = i + 1;
      while (place < queue.length && queue[place].start < end) place += 1;
      queue.splice(place, 0, rest);
    }
    textUntil(item.start);
    const whole = item.of ?? item;
    const node = item.zone !== undefined && item.marks === undefined
      ? el("span", { class: "zone", title: item.zone })
      : markOf(whole);
    // What goes on further down has its label there.
    if (end < item.end) node.removeAttribute("data-tag");
    top().append(node);
    open.push({ node, end });
  }
  closeUntil(Infinity);
  textUntil(doc.text.length);
}

/** What the colours and lines of a document mean. */
function legend(doc, items, which) {
  const labels = labelsByRank.filter((label) => items.some((item) => item.label === label));
  return [
    el("h3", {}, "Choose a mention"),
    el("p", { class: "note" }, "Click it, or press n. Each mention has its label behind it."),
    el("ul", { class: "legend" },
      labels.map((label) => el("li", {}, chip(label), ` ${number(items.filter((item) => item.label === label).length)}`)),
      [["sure", "score of 0.9 and more, or none"], ["likely", "0.7 and more"], ["unsure", "less"]].map(([line, means]) =>
        el("li", {}, el("span", { class: `mention sample ${line}` }, "name"), ` ${means}`)),
      el("li", {}, el("span", { class: "mention sample sure zoned" }, "name"), " in a dateline, byline, credit or boilerplate"),
      which ? [
        el("li", {}, "✓ agrees"), Object.keys(others[which].summary.kinds).map((kind) => el("li", {}, kindBadge(which, kind))),
        el("li", {}, "○ counts for nothing"), el("li", {}, el("span", { class: "mention sample other" }, "name"), ` ${others[which].other}`),
      ] : []),
    ...(doc.lost.length ? [el("p", {}, `${plural(doc.lost.length, "candidate")} lost the competition; the mentions that they overlap say why.`)] : []),
  ];
}

/** All that is known of a mention. */
function explanation(doc, item, which) {
  const entity = entityOfNumber.get(item.entity);
  const fact = (name, value) => (value === null || value === undefined || value === "" ? [] : [el("dt", {}, name), el("dd", { dir: "auto" }, value)]);
  const overlaps = (other) => other.start < item.end && item.start < other.end;
  const others = doc.spans.filter((span) => span.index !== item.index && overlaps(span));
  const lost = doc.lost.filter(overlaps);
  const shown = (span) => el("bdi", {}, doc.text.slice(span.start, span.end));
  const heading = (label) => el("h3", {}, el("bdi", {}, doc.text.slice(item.start, item.end)), " ", label);
  // A span of the other side has a place and a label, and no more is known of it.
  if (item.index === undefined) return [heading(chipOf(item.label)), ...verdict(doc, which, item)];
  return [
    heading(chip(item.label)),
    ...verdict(doc, which, item),
    el("dl", { class: "facts" },
      fact("Entity", entity && entityLink(entity)),
      fact("Id", entity?.id),
      fact("Also", item.details.also?.join(", ")),
      fact("Origin", originInWords(summary.origins[item.origin])),
      fact("Score", item.score === null ? "none" : (item.score / 100).toFixed(2)),
      fact("Zone", summary.zones[item.zone]),
      (item.details.attributes ?? []).map(([name, value]) => fact(name, value)),
      fact("Place", `${number(item.start)} – ${number(item.end)} (UTF-16 units)`)),
    others.length ? [el("h4", {}, "Overlaps"), el("ul", {}, others.map((span) =>
      el("li", {}, shown(span), " ", chip(span.label), ` ${summary.origins[span.origin]}`)))] : [],
    lost.length ? [el("h4", {}, "Lost against it, or beside it"), el("ul", { class: "lost" }, lost.map((span) =>
      el("li", {}, shown(span), ` ${span.label} `, el("span", { dir: "auto" }, span.name ?? span.entity ?? ""), ` (${span.origin ?? "no origin"}): ${span.lost}`)))] : [],
  ].flat();
}

function originInWords(origin) {
  if (origin === "alias") return "alias: a name in a list";
  if (origin === "pattern") return "pattern: one of the user's";
  if (origin === "none") return "the file does not say";
  return origin;
}

/** Moves to the next mention, or the one before. */
function moveMention(by) {
  const marks = [...document.querySelectorAll(".text .mention")];
  if (!marks.length) return;
  const at = marks.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length;
  for (const mark of marks) mark.tabIndex = -1;
  marks[next].tabIndex = 0;
  marks[next].focus();
  marks[next].scrollIntoView({ block: "nearest" });
}
