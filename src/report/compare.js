// The other side, gold or another output: what agrees, what differs, and where.

/** The two other sides there may be, with their words. */
const others = {
  gold: {
    summary: summary.gold, tab: "Gold", other: "gold", ours: "predicted",
    words: {},
    note: (side) => `Against ${side.name}: ${plural(side.documents, "document")} on both sides.`,
  },
  changes: {
    summary: summary.changes, tab: "Changes", other: "before", ours: "now",
    words: {
      missed: "lost", spurious: "gained", "wrong label": "relabelled", "wrong boundary": "moved",
      "wrong label and boundary": "relabelled and moved", "other entity": "re-linked",
    },
    note: (side) => `Against ${side.name}, which stands for before: ${plural(side.documents, "document")} on both sides.`,
  },
};

/** A sign for each kind of difference, besides its colour and its name. */
const signs = {
  missed: "−", spurious: "+", "wrong label": "≠", "wrong boundary": "↔", "wrong label and boundary": "≠↔", "other entity": "⇄",
};

const inWords = (which, kind) => others[which].words[kind] ?? kind;
const classOf = (which, kind) => `${which} k-${kind.split(" ").join("-")}`;
const kindBadge = (which, kind) => el("span", { class: `kind ${classOf(which, kind)}` }, `${signs[kind]} ${inWords(which, kind)}`);

const numberOfLabel = new Map(summary.labels.map((name, label) => [name, label]));
/** The name of a label that perhaps the other side alone has. */
const chipOf = (name) => (numberOfLabel.has(name) ? chip(numberOfLabel.get(name)) : el("span", { class: "chip c7" }, name));

/** The differences of a document: its case, its kind, our span and the other one, each if there is one. */
const differencesOf = (doc, which) =>
  (doc[which]?.differences ?? []).map(([number, kind, ours, other], index) => ({
    index, number, kind,
    ours: ours === null ? null : doc.spans[ours],
    other: other && { start: other[0], end: other[1], label: other[2], entity: other[3] },
  }));

/** For each case the places in the documents of the page. */
const placesOf = Object.fromEntries(Object.keys(others).map((which) => [which, lazy(() => {
  const places = new Map();
  for (const doc of documents()) {
    for (const difference of differencesOf(doc, which)) {
      if (!places.has(difference.number)) places.set(difference.number, []);
      places.get(difference.number).push({ doc, difference });
    }
  }
  return places;
})]));

const caseTables = { gold: { query: "", kind: "" }, changes: { query: "", kind: "" } };

const againstView = (which) => () => {
  const { summary: side, note } = others[which];
  const state = caseTables[which];
  const tile = (value, name) => el("div", { class: "tile" }, el("b", {}, value), el("span", {}, name));
  const body = el("tbody", {});
  const status = el("p", { class: "note", role: "status" });
  const below = el("div", {});
  const form = (form) => (form ? [el("bdi", {}, form[1]), " ", chipOf(form[0]), form[2] ? el("span", { class: "id" }, ` ${form[2]}`) : ""] : "");
  const row = ([number_, kind, other, ours, n]) => el("tr", { class: "row" },
    el("td", {}, link(`case/${which}/${number_}`, { class: "open" }, kindBadge(which, kind))),
    el("td", {}, form(other)), el("td", {}, form(ours)), el("td", { class: "n" }, number(n)));
  function fill() {
    const query = folded(state.query.trim());
    const found = side.cases.filter(([, kind, other, ours]) =>
      (!state.kind || state.kind === kind)
      && (!query || folded(`${other?.join("\n") ?? ""}\n${ours?.join("\n") ?? ""}`).includes(query)));
    body.replaceChildren();
    below.replaceChildren(growing(found, ROWS, body, row));
    status.textContent = `${plural(found.length, "distinct difference")}`
      + (side.all_cases > side.cases.length ? `; ${number(side.all_cases - side.cases.length)} rare ones are not in this table` : "");
  }
  const choice = el("select", {
    "aria-label": "kind of difference", onchange: () => {
      state.kind = choice.value;
      fill();
    },
  }, el("option", { value: "" }, "all kinds"), Object.keys(side.kinds).map((kind) => el("option", { value: kind }, inWords(which, kind))));
  choice.value = state.kind;
  const view = [
    el("p", { class: "note" }, note(side), side.missing ? ` ${plural(side.missing, "document")} of it had no counterpart and are left out.` : "",
      " Filters do not change what is counted here."),
    el("div", { class: "tiles" }, tile(number(side.agreeing), which === "gold" ? "correct" : "unchanged"),
      Object.entries(side.kinds).map(([kind, n]) => tile(number(n), kindBadge(which, kind)))),
    panel("Labels", which === "gold" ? "Bounds and label must agree." : null, labelTable(which, side)),
    el("h3", {}, which === "gold" ? "Mistakes" : "Changes"),
    el("div", { class: "search" }, searchBox("Search forms and ids", state.query, (query) => {
      state.query = query;
      fill();
    }), choice),
    status,
    el("div", { class: "scroll" }, el("table", { class: "rows" },
      el("thead", {}, el("tr", {}, ["Kind", others[which].other, others[which].ours].map((title) => el("th", { scope: "col" }, title)),
        el("th", { scope: "col", class: "n" }, "Count"))),
      body)),
    below,
  ];
  fill();
  return view;
};

function labelTable(which, side) {
  const share = (part, whole) => (whole ? (part / whole).toFixed(4) : "–");
  const row = (name, [other, ours, agreeing]) => el("tr", {},
    el("th", { scope: "row" }, name),
    [other, ours, agreeing].map((n) => el("td", { class: "n" }, number(n))),
    which === "gold"
      ? [share(agreeing, ours), share(agreeing, other), share(2 * agreeing, ours + other)].map((s) => el("td", { class: "n" }, s))
      : []);
  const all = side.labels.reduce((sum, [, ...counts]) => sum.map((n, i) => n + counts[i]), [0, 0, 0]);
  const heads = [others[which].other, others[which].ours, which === "gold" ? "correct" : "unchanged",
    ...(which === "gold" ? ["precision", "recall", "F1"] : [])];
  return el("div", { class: "scroll" }, el("table", { class: "rows numbers" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Label"), heads.map((head) => el("th", { scope: "col", class: "n" }, head)))),
    el("tbody", {}, side.labels.map(([name, ...counts]) => row(chipOf(name), counts)), row("all", all))));
}

function caseView(which, numberInRoute) {
  const side = Object.hasOwn(others, which) ? others[which].summary : null;
  const found = side?.cases.find(([n]) => n === Number(numberInRoute));
  if (!found) return [el("p", {}, "No such case.")];
  const [n, kind, other, ours] = found;
  const places = placesOf[which]().get(n) ?? [];
  const list = el("ol", { class: "contexts" });
  const say = (name, form) => (form ? [el("dt", {}, name), el("dd", {}, el("bdi", {}, form[1]), " ", chipOf(form[0]), form[2] ? ` ${form[2]}` : "")] : []);
  return [
    el("p", { class: "back" }, link(which, {}, `← ${others[which].tab.toLowerCase()}`)),
    el("h2", {}, kindBadge(which, kind)),
    el("dl", { class: "facts" }, say(others[which].other, other), say(others[which].ours, ours)),
    el("h3", {}, `In context: ${plural(places.length, "place")} in the documents of this page`),
    list,
    growing(places, ROWS, list, ({ doc, difference }) => contextOf(doc, difference.ours ?? difference.other, `document/${doc.index}/${which}/d${difference.index}`)),
  ];
}

/** What is drawn of a document beside one of the other sides: our spans with what became of them, and the spans of the other side. */
function itemsAgainst(doc, which) {
  const differences = differencesOf(doc, which);
  const ofOurs = new Map(differences.filter((d) => d.ours).map((d) => [d.ours.index, d]));
  const ignored = new Set(doc[which]?.ignored);
  const ours = passingSpans(doc).map((span) => {
    const difference = ofOurs.get(span.index);
    const kind = difference?.kind;
    const sign = kind ? `${signs[kind]} ` : ignored.has(span.index) ? "○ " : "✓ ";
    return {
      ...span, ...styleOf(span), marks: [], difference, key: difference ? `d${difference.index}` : `${span.index}`,
      class: `${styleOf(span).class} ${kind ? classOf(which, kind) : "agrees"}`,
      tag: sign + (difference ? `${inWords(which, kind)} ${labelName(span.label)}` : labelName(span.label)),
    };
  });
  const theirs = differences.filter(({ other, kind }) => other && kind !== "other entity").map((difference) => ({
    ...difference.other, difference, marks: [], key: difference.ours ? `o${difference.index}` : `d${difference.index}`,
    class: `other ${classOf(which, difference.kind)} ${numberOfLabel.has(difference.other.label) ? labelClass(numberOfLabel.get(difference.other.label)) : "c7"}`,
    tag: `${difference.ours ? "" : `${signs[difference.kind]} ${inWords(which, difference.kind)} `}${others[which].other} ${difference.other.label}`,
  }));
  return [...ours, ...theirs].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** What became of a mention on the other side. */
function verdict(doc, which, item) {
  const { difference } = item;
  if (!difference) return [];
  const idOf = ({ entity }) => (typeof entity === "number" ? entityOfNumber.get(entity)?.id : entity);
  const say = (name, span, label) => [el("dt", {}, name),
    el("dd", { dir: "auto" }, doc.text.slice(span.start, span.end), " ", chipOf(label), ` ${idOf(span) ?? ""}`)];
  return [
    el("p", {}, kindBadge(which, difference.kind)),
    el("dl", { class: "facts" },
      difference.other ? say(others[which].other, difference.other, difference.other.label) : [],
      difference.ours ? say(others[which].ours, difference.ours, labelName(difference.ours.label)) : []),
  ];
}
