"""What wiretag gazetteer export writes of the built-in lists loads in spaCy and gatenlp, and finds there the names that it has.

Called by .ci/interop; alone, with Python that has spaCy 3.8 and gatenlp: python .ci/interop.d/exports.py WIRETAG FOLDER"""

import json
import subprocess
import sys
from pathlib import Path

import spacy
from gatenlp import Document
from gatenlp.processing.gazetteer import StringGazetteer

wiretag, folder = sys.argv[1], Path(sys.argv[2])
SAMPLE = 2000


def export(form, to):
    ran = subprocess.run(
        [wiretag, "gazetteer", "export", "--to", form, "-o", to], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def share(found, of):
    return f"{found} of {of}"


# spaCy: every pattern is one that its validation takes; a phrase alone in a text is found, with its label and id.
path = folder / "patterns.jsonl"
export("spacy-patterns", path)
patterns = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
nlp = spacy.blank("en")
ruler = nlp.add_pipe("entity_ruler", config={"validate": True})
with nlp.select_pipes(disable=["entity_ruler"]):
    ruler.add_patterns(patterns)
assert len(ruler.patterns) == len(patterns), share(len(ruler.patterns), len(patterns))
phrases = [p for p in patterns if isinstance(p["pattern"], str)]
sample = phrases[:: len(phrases) // SAMPLE]
found = 0
for pattern, doc in zip(sample, nlp.pipe(p["pattern"] for p in sample)):
    found += any(e.text == pattern["pattern"] for e in doc.ents)
print(f"spaCy: {len(patterns)} patterns; phrases found: {share(found, len(sample))}")
assert found == len(sample)

# gatenlp: the folder loads by its definition, and names are found with their features.
path = folder / "gate"
export("gate", path)
gazetteer = StringGazetteer(source=str(path / "lists.def"), source_fmt="gate-def", ann_type="Lookup")
names, any_case = {}, []
for file in path.glob("*.lst"):
    for line in file.read_text(encoding="utf-8").splitlines():
        name, *features = line.split("\t")
        features = dict(f.split("=", 1) for f in features)
        names.setdefault(name, set()).add(features["id"])
        if features["case"] == "any":
            any_case.append(name.upper())
sample = sorted(names)[:: len(names) // SAMPLE]
found = 0
for name in sample:
    doc = gazetteer(Document(name))
    spans = doc.annset()
    found += any(
        doc[span] == name and span.features.get("id") in names[name] for span in spans
    )
print(f"gatenlp: {len(names)} names; found with their id: {share(found, len(sample))}")
assert found == len(sample)

# Names that match in any case are token patterns in spaCy.
sample = any_case[:: max(1, len(any_case) // SAMPLE)]
found = sum(any(e.text == name for e in doc.ents) for name, doc in zip(sample, nlp.pipe(sample)))
print(f"spaCy: names in any case, in capitals: {share(found, len(sample))}")
assert found == len(sample)
