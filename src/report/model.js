"use strict";
// What the page knows: the data of the report, the filters, and what follows from the two. Nothing here touches the view.

const readData = (id) => JSON.parse(document.getElementById(id).textContent);

/** Calls a function when its value is first asked for, and once. */
function lazy(make) {
  let made = false;
  let value;
  return () => {
    if (!made) {
      value = make();
      made = true;
    }
    return value;
  };
}

const summary = readData("summary");

/** What filters tell apart: a label, an origin, a zone and a tenth of the score, all but the last as numbers of names. */
const kinds = summary.kinds.map(([label, origin, zone, tenth]) => ({ label, origin, zone, tenth }));

const entities = summary.entities.map(([number, label, id, name, documents, counts, forms, days]) => ({
  number, label, id, name, documents, counts, forms, days,
  title: name ?? forms[0][0],
}));
// An entity of one label may have the name of another, as a nationality has that of its country: the most frequent form of the rarer
// one tells them apart.
const titles = new Set();
for (const entity of entities) {
  const [form] = entity.forms[0];
  if (titles.has(entity.title) && form !== entity.title) entity.title = `${form} (${entity.title})`;
  titles.add(entity.title);
}

const entityOfNumber = new Map(entities.map((entity) => [entity.number, entity]));

/** A span of a document: an array in the data. `index` is its place among them. */
function readSpan([start, end, kind, entity, score, details], index) {
  return { start, end, kind, entity, score, details: details ?? {}, index, ...kinds[kind] };
}

/** The documents whose texts are in the page. They are most of its bytes, so they are read when a view asks for them. */
const documents = lazy(() =>
  readData("documents").map((data, index) => ({
    zones: [], lost: [], meta: [], date: null,
    ...data,
    index,
    spans: data.spans.map(readSpan),
  })));

/** For each entity the documents of the page that mention it. */
const documentsOfEntity = lazy(() => {
  const found = new Map();
  for (const doc of documents()) {
    for (const number of new Set(doc.spans.map((span) => span.entity))) {
      if (!found.has(number)) found.set(number, []);
      found.get(number).push(doc);
    }
  }
  return found;
});

/** Text as search compares it: without case and accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const searchedOfEntity = lazy(() =>
  new Map(entities.map((e) =>
    [e, folded([e.name ?? "", e.id ?? "", ...e.forms.map(([form]) => form)].join("\n"))])));
const searchedOfDocument = lazy(() =>
  new Map(documents().map((doc) => [doc, folded(`${doc.id}\n${doc.text}`)])));

/** What is switched off, and the least score that is shown. */
const filters = {
  off: { label: new Set(), origin: new Set(), zone: new Set() },
  least: 0,
  unscored: true,
};

let passing = kinds.map(() => true);

/** To be called when filters have changed. */
function applyFilters() {
  passing = kinds.map((kind) => {
    const scored = kind.tenth === null ? filters.unscored : kind.tenth >= filters.least;
    return scored && Object.entries(filters.off).every(([facet, off]) => !off.has(kind[facet]));
  });
}

const isFiltered = () => passing.includes(false);

/** The sum of counts by kind, a flat list of kinds and counts, over the kinds that pass the filters. */
function sumOf(counts) {
  let sum = 0;
  for (let i = 0; i < counts.length; i += 2) {
    if (passing[counts[i]]) sum += counts[i + 1];
  }
  return sum;
}

/** Mentions by a facet of their kinds, those that pass: a map of its values. */
function mentionsBy(facet, of = entities) {
  const sums = new Map();
  for (const { counts } of of) {
    for (let i = 0; i < counts.length; i += 2) {
      const value = kinds[counts[i]][facet];
      if (passing[counts[i]]) sums.set(value, (sums.get(value) ?? 0) + counts[i + 1]);
    }
  }
  return sums;
}

/** Entities with mentions that pass, most first. */
function entitiesByMentions() {
  return entities
    .map((entity) => ({ entity, mentions: sumOf(entity.counts) }))
    .filter(({ mentions }) => mentions > 0)
    .sort((a, b) => b.mentions - a.mentions);
}

const passingSpans = (doc) => doc.spans.filter((span) => passing[span.kind]);

/** The rank of each label by mentions, which gives it its colour. Filters do not change it. */
const rankOfLabel = (() => {
  const sums = summary.labels.map((_, label) => [label, 0]);
  for (const { label, counts } of entities) {
    for (let i = 1; i < counts.length; i += 2) sums[label][1] += counts[i];
  }
  sums.sort((a, b) => b[1] - a[1]);
  return new Map(sums.map(([label], rank) => [label, rank]));
})();

const labelsByRank = [...rankOfLabel.keys()];
