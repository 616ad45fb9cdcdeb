"""Words of technical writing that the vocabulary of a sentence encoder does not have: python technical_words.py MODEL DATA.

In: the folder of a model with tokenizer.json; a folder with `library` and `judged`. Out, in order: lower-case words that prose of at least three products or
collections has, as generator/src/semantic/technical.txt holds them. Questions are not read: they are what the words are to be measured by.
"""

import collections
import json
import pathlib
import re
import sys

PLACES_MIN = 3
NO_PROSE = re.compile(r"```.*?```|`[^`\n]*`|<[^>]*>|\]\([^)]*\)", re.DOTALL)
# Parts of names, paths and options are no words.
SIGNS = r"A-Za-z0-9_/\\@#$%&*+=<>|~^`-"
WORD = re.compile(rf"(?<![.'{SIGNS}])[a-z]{{5,18}}(?![({SIGNS}])")


def texts(data):
    """Each text with the product or collection that it is of."""
    for source in (data / "library").rglob("*.md"):
        yield source.relative_to(data).parts[1:3], source.read_text(errors="replace")
    for file in (data / "judged").rglob("*"):
        place = file.relative_to(data).parts[1:2]
        if file.suffix == ".md":
            yield place, file.read_text(errors="replace")
        elif file.suffix == ".jsonl" and "queries" not in file.name:
            for record in map(json.loads, file.open()):
                yield place, f"{record.get('title', '')} {record.get('text', '')}"


model, data = map(pathlib.Path, sys.argv[1:])
known = json.loads((model / "tokenizer.json").read_text())["model"]["vocab"]
places = collections.defaultdict(set)
for place, text in texts(data):
    for word in set(WORD.findall(NO_PROSE.sub(" ", text))) - known.keys():
        places[word].add(place)
print(*sorted(word for word, where in places.items() if len(where) >= PLACES_MIN), sep="\n")
