// What ties the page together: tabs and routes, the filters, the keyboard, light and dark.

/** Views by the first word of the route; those with a title have a tab. */
const views = {
  overview: { title: "Overview", show: overview },
  entities: { title: "Entities", show: entitiesView },
  documents: { title: "Documents", show: documentsView },
  ...Object.fromEntries(Object.entries(others).filter(([, { summary: side }]) => side)
    .map(([which, { tab }]) => [which, { title: tab, show: againstView(which) }])),
  case: { tabOf: (which) => which, show: caseView },
  entity: { tab: "entities", show: entityView },
  document: { tab: "documents", show: documentView },
};
const tabs = Object.keys(views).filter((name) => views[name].title);
const main = document.getElementById("main");

let pending = [];
/** Calls a function when the view that is being made stands in the page. */
function afterwards(action) {
  pending.push(action);
}

function show() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  const view = Object.hasOwn(views, name) ? views[name] : views.overview;
  const tab = view.tab ?? view.tabOf?.(...rest) ?? (Object.hasOwn(views, name) ? name : "overview");
  pending = [];
  main.replaceChildren(...view.show(...rest).filter(Boolean));
  main.className = `view-${Object.hasOwn(views, name) ? name : "overview"}`;
  for (const anchor of document.querySelectorAll("#tabs a")) {
    if (anchor.dataset.tab === tab) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  for (const action of pending) action();
}

function showTabs() {
  document.getElementById("tabs").append(...tabs.map((name, i) =>
    link(name, { "data-tab": name, title: `Press ${i + 1}` }, views[name].title)));
}

function showFilters() {
  const place = document.getElementById("filters");
  const note = el("p", { class: "note", role: "status" });
  const changed = () => {
    applyFilters();
    note.textContent = isFiltered() ? "Filters are on." : "";
    reset.hidden = !isFiltered();
    show();
  };
  const reset = el("button", {
    type: "button", hidden: true, onclick: () => {
      for (const off of Object.values(filters.off)) off.clear();
      filters.least = 0;
      filters.unscored = true;
      applyFilters();
      place.replaceChildren();
      showFilters();
      show();
    },
  }, "Reset filters");
  const total = { label: mentionsBy("label"), origin: mentionsBy("origin"), zone: mentionsBy("zone") };
  const group = (facet, title, names) => {
    const values = [...total[facet]].sort((a, b) => b[1] - a[1]).map(([value]) => value);
    const boxes = values.map((value) => el("input", {
      type: "checkbox", checked: true, onchange: (event) => {
        filters.off[facet][event.target.checked ? "delete" : "add"](value);
        changed();
      },
    }));
    const all = (checked) => () => {
      boxes.forEach((box, i) => {
        box.checked = checked;
        filters.off[facet][checked ? "delete" : "add"](values[i]);
      });
      changed();
    };
    return el("fieldset", {},
      el("legend", {}, title, " ",
        el("button", { type: "button", onclick: all(true), "aria-label": `all of ${title}` }, "all"),
        el("button", { type: "button", onclick: all(false), "aria-label": `none of ${title}` }, "none")),
      boxes.map((box, i) => el("label", {}, box, " ",
        facet === "label" ? chip(values[i]) : el("span", { class: "name" }, names[values[i]]),
        el("span", { class: "n" }, number(total[facet].get(values[i]))))));
  };
  const least = el("output", {}, "0.0");
  const range = el("input", {
    type: "range", min: 0, max: 9, step: 1, value: 0, id: "least", "aria-label": "least score in tenths",
    oninput: () => {
      filters.least = Number(range.value);
      least.textContent = `0.${filters.least}`;
      changed();
    },
  });
  const unscored = el("input", {
    type: "checkbox", checked: true, onchange: () => {
      filters.unscored = unscored.checked;
      changed();
    },
  });
  place.append(
    group("label", "Label", summary.labels),
    group("origin", "Origin", summary.origins),
    group("zone", "Zone", summary.zones),
    el("fieldset", {}, el("legend", {}, "Score"),
      el("label", { for: "least" }, "at least ", least), range,
      el("label", {}, unscored, " without a score")),
    reset, note);
}

const themes = ["system", "light", "dark"];

function nextTheme() {
  const root = document.documentElement;
  const theme = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
  root.dataset.theme = theme;
  document.getElementById("theme").textContent = `Theme: ${theme}`;
}

function toggleFilters() {
  const open = document.body.classList.toggle("with-filters");
  document.getElementById("show-filters").setAttribute("aria-expanded", open);
  if (open) document.querySelector("#filters input")?.focus();
}

/** Moves the focus through the rows of a list. */
function moveRow(by) {
  const rows = [...main.querySelectorAll(".row .open")];
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}

const keys = {
  "/": () => {
    if (!document.getElementById("search")) location.hash = "#entities";
    afterRoute(() => document.getElementById("search")?.focus());
  },
  "?": () => document.getElementById("help").showModal(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  n: () => moveMention(1),
  p: () => moveMention(-1),
  "]": () => document.getElementById("next-document")?.click(),
  "[": () => document.getElementById("previous-document")?.click(),
  f: () => toggleFilters(),
  Escape: () => main.querySelector(".back a")?.click(),
};
tabs.forEach((name, i) => {
  keys[i + 1] = () => {
    location.hash = `#${name}`;
  };
});

/** Calls a function when a change of the route, if there is one, has been shown. */
const afterRoute = (action) => setTimeout(action, 30);

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.getElementById("help").open) return;
  const typing = event.target.closest?.("input[type=search]");
  if (typing && event.key === "Escape") {
    typing.blur();
    return;
  }
  if (typing && event.key === "Enter") {
    moveRow(1);
    return;
  }
  if (typing) return;
  if ((event.key === "Enter" || event.key === " ") && event.target.classList?.contains("mention")) {
    event.target.click();
    event.preventDefault();
    return;
  }
  const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (action) {
    event.preventDefault();
    action();
  }
}

showTabs();
showFilters();
show();
window.addEventListener("hashchange", () => {
  show();
  window.scrollTo(0, 0);
});
document.addEventListener("keydown", onKey);
document.getElementById("theme").addEventListener("click", nextTheme);
document.getElementById("show-help").addEventListener("click", keys["?"]);
document.getElementById("show-filters").addEventListener("click", toggleFilters);
