// Charts and the small parts that views are made of. All text goes in as text.

/** An element. Attributes whose names start with `on` are listeners; null and false are left out. */
function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const number = new Intl.NumberFormat("en").format;
const percent = (part, whole) => (whole ? `${(100 * part / whole).toFixed(1)} %` : "–");
const plural = (n, noun) => `${number(n)} ${n === 1 ? noun : noun.replace(/y$/, "ie") + "s"}`;

const labelName = (label) => summary.labels[label];
const labelClass = (label) => {
  const rank = rankOfLabel.get(label) ?? 0;
  return `c${rank % 8} r${Math.floor(rank / 8) % 3}`;
};

/** The name of a label with its colour. */
const chip = (label) => el("span", { class: `chip ${labelClass(label)}` }, labelName(label));

const link = (route, attributes, ...children) => el("a", { href: `#${route}`, ...attributes }, ...children);
const entityLink = (entity) => link(`entity/${entity.number}`, { dir: "auto" }, entity.title);

/** A panel with a heading. */
const panel = (title, note, ...children) =>
  el("section", { class: "panel" }, el("h2", {}, title), note ? el("p", { class: "note" }, note) : null, ...children);

/** Rows of a name, a bar and a number; so many of them are shown. */
function barTable(caption, rows, shown = rows.length) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  const sum = rows.reduce((all, row) => all + row.value, 0);
  return el("table", { class: "bars" },
    el("caption", { class: "hidden" }, caption),
    el("tbody", {}, rows.slice(0, shown).map((row) => {
      const bar = el("div", { class: `bar ${row.class ?? ""}` });
      bar.style.width = `${100 * row.value / most}%`;
      return el("tr", {},
        el("th", { scope: "row" }, row.name),
        el("td", { class: "bar-cell" }, bar),
        el("td", { class: "n" }, number(row.value)),
        el("td", { class: "n share" }, row.share === false ? "" : percent(row.value, sum)));
    })));
}

const COLUMN_HEIGHT = 64;

/** A few columns are not stretched over the page. */
const widest = (periods) => `${60 * periods.length}px`;

/** Columns over time, one for each period; `name` stands on the left. */
function columns(name, values, periods, unit, colour) {
  const most = Math.max(1, ...values);
  const step = 100 / values.length;
  const bars = values.map((value, i) => {
    const height = COLUMN_HEIGHT * value / most;
    return svg("rect", {
      x: (i + 0.08) * step, width: step * 0.84, y: COLUMN_HEIGHT - height, height, class: "column",
    }, svg("title", {}, `${periods[i]}: ${number(value)}`));
  });
  const chart = svg("svg", {
    viewBox: `0 0 100 ${COLUMN_HEIGHT}`, preserveAspectRatio: "none", class: `columns ${colour}`, role: "img",
    "aria-label": `by ${unit}: ${values.map((value, i) => `${periods[i]} ${value}`).join(", ")}`,
  }, bars);
  chart.style.maxWidth = widest(periods);
  return el("div", { class: "columns-row" },
    el("div", { class: "columns-name" }, name),
    el("div", { class: "columns-most n", title: `the most in a ${unit}` }, number(most)),
    chart);
}

/** The periods below columns: as many as fit. */
function columnAxis(periods) {
  const every = Math.ceil(periods.length / 8);
  const shown = periods.filter((_, i) => i % every === 0);
  const ticks = shown.map((period, i) => {
    const tick = el("span", {}, period);
    tick.style.left = `${100 * i * every / periods.length}%`;
    return tick;
  });
  const axis = el("div", { class: "ticks" }, ticks);
  axis.style.maxWidth = widest(periods);
  return el("div", { class: "columns-row axis", "aria-hidden": "true" }, el("div", {}), el("div", {}),
    axis);
}

/** A square of entities: in how many documents both are. */
function matrix(members, countOf) {
  const most = Math.max(1, ...members.flatMap((a) => members.map((b) => (a === b ? 0 : countOf(a, b)))));
  const head = members.map((e) => el("th", { scope: "col" }, el("div", {}, el("span", { dir: "auto", title: e.title }, e.title))));
  const rows = members.map((a) => el("tr", {},
    el("th", { scope: "row", class: labelClass(a.label) }, entityLink(a)),
    members.map((b) => {
      if (a === b) return el("td", { class: "diagonal" });
      const n = countOf(a, b);
      if (n === 0) return el("td", {});
      const cell = el("td", {}, link(`documents/${a.number}/${b.number}`,
        { title: `${a.title} and ${b.title}: ${plural(n, "document")}` }, number(n)));
      cell.style.setProperty("--heat", `${8 + Math.round(62 * n / most)}%`);
      return cell;
    })));
  return el("div", { class: "scroll" }, el("table", { class: "matrix" },
    el("caption", { class: "hidden" }, "documents that mention both"),
    el("thead", {}, el("tr", {}, el("td", {}), head)), el("tbody", {}, rows)));
}

/** A list that grows when asked: its first items, and a button for more. */
function growing(items, size, container, render) {
  let shown = 0;
  const more = el("button", { type: "button", class: "more", onclick: grow });
  function grow() {
    container.append(...items.slice(shown, shown + size).map(render));
    shown = Math.min(items.length, shown + size);
    more.textContent = `Show more (${number(items.length - shown)} left)`;
    more.hidden = shown >= items.length;
  }
  grow();
  return more;
}
