"""How many questions lead to an answer that shares no stem with them: words alone beside meaning.

In: the program, a judged collection, and the site that was built of it, with a model or without. Out: how many have such an answer among the first five hits.
Needs snowballstemmer from PyPI.

    python tests/figures/other_words.py PROGRAM COLLECTION SITE
"""

import json
import pathlib
import re
import subprocess
import sys

import snowballstemmer

FIRST = "5"
STOP = set(
    """a about all also am an and any are as at be been being but by can could did do does each for from had has have he her him his
    how i if in into is it its me my no not of on or other our ours she should so some such than that the their them then there these
    they this those to us was we were what when where which while who why will with would you your""".split()
)
STEMMER = snowballstemmer.stemmer("english")


def stems(text):
    words = re.findall(r"[a-z0-9]+", text.lower())
    return set(STEMMER.stemWords([word for word in words if word not in STOP]))


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def questions(collection):
    """Each with its answers, none of which has a stem of it."""
    texts = {one["_id"]: f"{one.get('title', '')} {one['text']}" for one in lines(collection / "corpus.jsonl")}
    answers = {}
    for line in (collection / "qrels/test.tsv").read_text().splitlines():
        fields = line.split("\t")
        if fields[-1].isdigit() and int(fields[-1]) > 0 and fields[-2] in texts:
            answers.setdefault(fields[0], set()).add(fields[-2])
    for one in lines(collection / "queries.jsonl"):
        right = answers.get(one["_id"], set())
        if right and not any(stems(one["text"]) & stems(texts[name]) for name in right):
            yield one["text"], right


def is_found(program, site, mode, text, right):
    command = [program, "search", site, "--semantic", mode, "--limit", FIRST, "--json", "--", text]
    hits = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return any(name in json.loads(hit)["chunk_id"] for hit in hits for name in right)


def main():
    program, collection, site = sys.argv[1:]
    asked = list(questions(pathlib.Path(collection)))
    print(f"{len(asked)} questions share no stem with an answer; among the first {FIRST}:")
    for mode in ("off", "auto", "only"):
        print(mode, sum(is_found(program, site, mode, *one) for one in asked))


main()
