// The views of the whole corpus: overview, entities, one entity, documents. Each gives what goes into the main part of the page.

const SHOWN_IN_CHARTS = 20;
const ORIGINS_IN_CHART = 12;
const ROWS = 100;

function overview() {
  const ranked = entitiesByMentions();
  const mentions = sumOfAll();
  const tile = (value, name) => el("div", { class: "tile" }, el("b", {}, value), el("span", {}, name));
  const perDocument = summary.documents ? (mentions / summary.documents).toFixed(1) : "0";
  const refused = Object.entries(summary.refused).map(([why, n]) => `${plural(n, "document")} left out: ${why}`);
  return [
    el("div", { class: "tiles" },
      tile(number(summary.documents), "documents"),
      tile(number(mentions), isFiltered() ? "mentions that pass the filters" : "mentions"),
      tile(number(isFiltered() ? ranked.length : summary.all_entities), "entities"),
      tile(perDocument, "mentions a document"),
      tile(number(summary.characters), "characters")),
    refused.length ? el("p", { class: "note" }, refused.join("; ")) : null,
    el("div", { class: "grid" },
      el("div", {},
        panel("Labels", null, barTable("mentions by label", facetRows("label"))),
        panel("Top entities", null, barTable("entities by mentions", ranked.slice(0, SHOWN_IN_CHARTS).map(({ entity, mentions }) => ({
          name: entityLink(entity), value: mentions, class: labelClass(entity.label), share: false,
        }))))),
      el("div", {},
        panel("Origins", "What found the mentions.", barTable("mentions by origin", facetRows("origin"), ORIGINS_IN_CHART)),
        panel("Scores", "How likely a mention is right, in tenths.", barTable("mentions by score", scoreRows())),
        panel("Zones", "Where in the article it stands.", barTable("mentions by zone", facetRows("zone"))))),
    timePanel(),
    togetherPanel(),
  ];
}

const sumOfAll = () => [...mentionsBy("label").values()].reduce((all, n) => all + n, 0) + (isFiltered() ? 0 : summary.left_out.mentions);

function facetRows(facet) {
  const names = { label: summary.labels, origin: summary.origins, zone: summary.zones }[facet];
  return [...mentionsBy(facet)].sort((a, b) => b[1] - a[1]).map(([value, n]) => ({
    name: facet === "label" ? chip(value) : names[value],
    value: n,
    class: facet === "label" ? labelClass(value) : "",
  }));
}

const nameOfTenth = (tenth) => (tenth === null ? "no score" : `0.${tenth}0 – 0.${tenth}9`);

const scoreRows = () =>
  [...mentionsBy("tenth")].sort((a, b) => (b[0] ?? -1) - (a[0] ?? -1))
    .map(([tenth, n]) => ({ name: nameOfTenth(tenth), value: n }));

function timePanel() {
  const time = summary.time;
  if (!time) return panel("Over time", "No document has a date in its meta.");
  const periods = time.periods.map(([name]) => name);
  const chart = (name, valueOf, colour) => columns(name, time.periods.map(valueOf), periods, time.unit, colour);
  const ofLabel = (label) => ([, , counts]) => {
    let sum = 0;
    for (let i = 0; i < counts.length; i += 2) {
      if (kinds[counts[i]].label === label && passing[counts[i]]) sum += counts[i + 1];
    }
    return sum;
  };
  const labels = labelsByRank.filter((label) => !filters.off.label.has(label)).slice(0, 8);
  const undated = time.undated ? `; ${plural(time.undated, "document")} without a date` : "";
  return panel("Over time", `By ${time.unit}, each row on its own scale, the most on the left${undated}.`,
    chart("documents", ([, n]) => n, "plain"),
    labels.map((label) => chart(chip(label), ofLabel(label), labelClass(label))),
    columnAxis(periods));
}

function togetherPanel() {
  const { entities: numbers, documents: rows } = summary.together;
  const place = new Map(numbers.map((n, i) => [n, i]));
  const members = numbers
    .map((n) => entityOfNumber.get(n))
    .filter((e) => e && sumOf(e.counts) > 0)
    .slice(0, SHOWN_IN_CHARTS);
  const countOf = (a, b) => {
    const [i, j] = [place.get(a.number), place.get(b.number)].sort((x, y) => x - y);
    return rows[i][j - i - 1];
  };
  if (members.length < 2) return null;
  return panel("Together", "In how many documents both are; of the entities that are in most documents.", matrix(members, countOf));
}

/** How the table of entities is sorted and searched; kept while other views are shown. */
const entityTable = { query: "", by: "mentions", down: true };

function entitiesView() {
  const body = el("tbody", {});
  const status = el("p", { class: "note", role: "status" });
  const below = el("div", {});
  const orders = {
    name: (a, b) => a.entity.title.localeCompare(b.entity.title, "en"),
    label: (a, b) => rankOfLabel.get(b.entity.label) - rankOfLabel.get(a.entity.label),
    mentions: (a, b) => a.mentions - b.mentions,
    documents: (a, b) => a.entity.documents - b.entity.documents,
    last: (a, b) => (a.entity.days?.[1] ?? "").localeCompare(b.entity.days?.[1] ?? ""),
  };
  const headers = {};
  const header = (by, title, note) => {
    headers[by] = el("th", { scope: "col", class: by === "mentions" || by === "documents" ? "n" : "" },
      el("button", { type: "button", title: note, onclick: () => sortBy(by) }, title));
    return headers[by];
  };
  function sortBy(by) {
    entityTable.down = entityTable.by === by ? !entityTable.down : by !== "name";
    entityTable.by = by;
    fill();
  }
  const row = ({ entity, mentions }) => el("tr", { class: "row" },
    el("td", {}, link(`entity/${entity.number}`, { dir: "auto", class: "open" }, entity.title)),
    el("td", {}, chip(entity.label)),
    el("td", { class: "id", dir: "auto" }, entity.id ?? ""),
    el("td", { class: "n" }, number(mentions)),
    el("td", { class: "n" }, number(entity.documents)),
    el("td", { class: "forms", dir: "auto" }, entity.forms.map(([form]) => form).filter((form) => form !== entity.title).slice(0, 4).join(" · ")),
    el("td", { class: "day" }, entity.days?.[1] ?? ""));
  function fill() {
    const query = folded(entityTable.query.trim());
    const rows = entitiesByMentions().filter(({ entity }) => !query || searchedOfEntity().get(entity).includes(query));
    // Equal ones stay in the order of their mentions.
    const order = orders[entityTable.by];
    rows.sort((a, b) => (entityTable.down ? order(b, a) : order(a, b)));
    for (const [by, cell] of Object.entries(headers)) {
      if (by === entityTable.by) cell.setAttribute("aria-sort", entityTable.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    body.replaceChildren();
    below.replaceChildren(growing(rows, ROWS, body, row));
    const left = summary.left_out.entities;
    status.textContent = plural(rows.length, "entity")
      + (left ? `; ${number(left)} more with few mentions are counted in the charts alone` : "");
  }
  const view = [
    searchBox("Search names, forms and ids", entityTable.query, (query) => {
      entityTable.query = query;
      fill();
    }),
    status,
    el("div", { class: "scroll" }, el("table", { class: "rows" },
      el("thead", {}, el("tr", {},
        header("name", "Entity"), header("label", "Label"), el("th", { scope: "col" }, "Id"),
        header("mentions", "Mentions"),
        header("documents", "Documents", "all documents that mention it, whatever filters of origin, zone and score say"),
        el("th", { scope: "col" }, "Other forms"),
        header("last", "Last"))),
      body)),
    below,
  ];
  fill();
  return view;
}

function searchBox(title, value, search) {
  let timer;
  const input = el("input", {
    type: "search", id: "search", placeholder: `${title}  ( / )`, "aria-label": title, dir: "auto", autocomplete: "off", spellcheck: "false",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => search(input.value), 120);
    },
  });
  input.value = value;
  return el("div", { class: "search" }, input);
}

function entityView(numberInRoute) {
  const entity = entityOfNumber.get(Number(numberInRoute));
  if (!entity) return [el("p", {}, "No such entity.")];
  const found = (documentsOfEntity().get(entity.number) ?? []).flatMap((doc) =>
    passingSpans(doc).filter((span) => span.entity === entity.number).map((span) => ({ doc, span })));
  const facts = [
    ["Id", entity.id ?? "none"],
    ["Mentions", number(sumOf(entity.counts)) + (isFiltered() ? " that pass the filters" : "")],
    ["Documents", number(entity.documents)],
    ["First, last", entity.days ? entity.days.join(" – ") : "no dates"],
    ["Forms", entity.forms.map(([form, n]) => `${form} (${number(n)})`).join(" · ")],
  ];
  const list = el("ol", { class: "contexts" });
  return [
    el("p", { class: "back" }, link("entities", {}, "← entities")),
    el("h2", {}, el("bdi", {}, entity.title), " ", chip(entity.label)),
    el("dl", { class: "facts" }, facts.map(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, value)])),
    el("div", { class: "grid" },
      panel("Origins", null, barTable("mentions by origin", [...mentionsBy("origin", [entity])].sort((a, b) => b[1] - a[1])
        .map(([origin, n]) => ({ name: summary.origins[origin], value: n })))),
      panel("In the same documents", "Of the documents in this page.", companions(entity))),
    el("h3", {}, `In context: ${plural(found.length, "mention")} in the documents of this page`),
    list,
    growing(found, ROWS, list, ({ doc, span }) => contextOf(doc, span, `document/${doc.index}/${span.index}`)),
  ];
}

/** Who else is in the documents that mention an entity. */
function companions(entity) {
  const counts = new Map();
  for (const doc of documentsOfEntity().get(entity.number) ?? []) {
    for (const other of new Set(passingSpans(doc).map((span) => span.entity))) {
      if (other !== entity.number) counts.set(other, (counts.get(other) ?? 0) + 1);
    }
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
  return barTable("documents that mention both", most.map(([n, count]) => {
    const other = entityOfNumber.get(n);
    return { name: entityLink(other), value: count, class: labelClass(other.label), share: false };
  }));
}

const CONTEXT = 70;

/** A mention with some text around it, on one line: whole words, an ellipsis where there is more. */
function contextOf(doc, span, route) {
  const line = (text) => text.replace(/\s+/g, " ");
  const from = span.start - CONTEXT;
  const to = span.end + CONTEXT;
  let before = doc.text.slice(Math.max(0, from), span.start);
  let behind = doc.text.slice(span.end, to);
  if (from > 0) before = before.replace(/^\S*\s/, "… ");
  if (to < doc.text.length) behind = behind.replace(/\s\S*$/, " …");
  return el("li", { class: "row" },
    link(route, { class: "open" },
      el("span", { class: "where", dir: "auto" }, doc.date ? `${doc.date} ` : "", doc.id),
      el("span", { class: "context", dir: "auto" },
        line(before), el("mark", { class: typeof span.label === "number" ? labelClass(span.label) : "c7" }, line(doc.text.slice(span.start, span.end))), line(behind))));
}

const documentTable = { query: "" };

function documentsView(...members) {
  const wanted = members.map(Number).map((n) => entityOfNumber.get(n)).filter(Boolean);
  const list = el("ol", { class: "documents" });
  const status = el("p", { class: "note", role: "status" });
  const below = el("div", {});
  function fill() {
    const query = folded(documentTable.query.trim());
    const found = documents().filter((doc) =>
      wanted.every((e) => documentsOfEntity().get(e.number)?.includes(doc))
      && (!query || searchedOfDocument().get(doc).includes(query)));
    shownDocuments = found.map((doc) => doc.index);
    list.replaceChildren();
    below.replaceChildren(growing(found, ROWS, list, documentRow));
    const all = documents().length;
    status.textContent = `${plural(found.length, "document")} of ${number(all)} in this page`
      + (all < summary.documents ? `; ${number(summary.documents)} were read, and are in the tables and charts` : "");
  }
  const view = [
    searchBox("Search texts and ids", documentTable.query, (query) => {
      documentTable.query = query;
      fill();
    }),
    wanted.length
      ? el("p", {}, "With ", wanted.map((e, i) => [i ? " and " : "", el("bdi", {}, e.title), " ", chip(e.label)]), ". ", link("documents", {}, "All documents"))
      : null,
    status, list, below,
  ];
  fill();
  return view;
}

/** The documents of the list that was shown last, in which the keys for the next and the one before move. */
let shownDocuments = null;

function documentRow(doc) {
  const counts = new Map();
  for (const span of passingSpans(doc)) counts.set(span.label, (counts.get(span.label) ?? 0) + 1);
  const labels = [...counts].sort((a, b) => rankOfLabel.get(a[0]) - rankOfLabel.get(b[0]));
  return el("li", { class: "row" },
    link(`document/${doc.index}`, { class: "open" },
      el("span", { class: "where", dir: "auto" }, doc.date ? `${doc.date} ` : "", doc.id),
      el("span", { class: "context", dir: "auto" }, doc.text.slice(0, 400).replace(/\s+/g, " "))),
    el("span", { class: "counts" },
      labels.map(([label, n]) => [chip(label), ` ${number(n)} `]),
      Object.keys(others).filter((which) => doc[which]).map((which) => {
        const n = doc[which].differences.length;
        return [link(`document/${doc.index}/${which}`, {}, which === "gold" ? plural(n, "mistake") : plural(n, "change")), " "];
      })));
}
