"""nDCG@10 and recall@100 where a model reads passages and queries alike: the upper reference of what its stems may reach.

In: the program, a model's folder, a judged collection, and the site that was built of it with this model (its kept vectors are used, so that nothing is
encoded twice). Out: a line of figures: words alone, words and the model, the model alone. Scores are added as the engine adds them, over all
passages. Needs numpy and xxhash from PyPI.

    python tests/figures/both_sides.py PROGRAM MODEL COLLECTION SITE
"""
import json, math, os, re, subprocess, sys
import numpy, xxhash

WEIGHT = 357
HEADER_BYTES, KEY_BYTES, CHECKSUM_BYTES, DIMENSIONS = 24, 16, 8, 384
QUERIES_MAX = 600

program, model, collection, site = sys.argv[1:5]


def lines(name):
    return [json.loads(line) for line in open(os.path.join(collection, name))]


def kept():
    folder, name = os.path.split(os.path.abspath(site))
    raw = open(os.path.join(folder, f".{name}.mcdewey-cache", "vectors"), "rb").read()[HEADER_BYTES:]
    record = KEY_BYTES + 2 * DIMENSIONS + CHECKSUM_BYTES
    rows = numpy.frombuffer(raw[: len(raw) // record * record], numpy.uint8).reshape(-1, record)
    numbers = rows[:, KEY_BYTES:-CHECKSUM_BYTES].copy().view("<i2").astype(numpy.float32) / 32767
    return {row[:KEY_BYTES].tobytes(): vector for row, vector in zip(rows, numbers)}


def texts(document):
    """What the program may have made of a document that is one passage: title, no heading path, plain text."""
    title, text = document.get("title") or "", document["text"]
    for title in (title, " ".join(title.split())):
        for text in (text, text.strip(), " ".join(text.split()), "\n".join(" ".join(line.split()) for line in text.split("\n"))):
            for head in ("", title):
                yield from (f"{title}\n{head}\n{text}", f"{title}\n{head}\n{text}\n")


def vectors():
    known, found = kept(), {}
    for document in lines("corpus.jsonl"):
        keys = (xxhash.xxh3_128(text.encode()).intdigest().to_bytes(16, "little") for text in texts(document))
        vector = next((known[key] for key in keys if key in known), None)
        if vector is not None:
            found[document["_id"]] = vector
    return found


def judged():
    grades = {}
    for line in open(os.path.join(collection, "qrels", "test.tsv")):
        query, document, grade = line.rstrip("\n").split("\t")[0], *line.rstrip("\n").split("\t")[-2:]
        if re.fullmatch(r"-?[\d.]+", grade):
            grades.setdefault(query, {})[document] = float(grade)
    return {query: found for query, found in grades.items() if max(found.values()) > 0}


def lexical(text):
    words = re.sub(r'["\-:]', " ", text) + " "
    out = subprocess.run([program, "search", site, words, "--semantic", "off", "--limit", "1000", "--json"], capture_output=True, text=True)
    scores = {}
    for hit in map(json.loads, out.stdout.splitlines()):
        document = hit["chunk_id"].rsplit("::", 1)[0].rsplit("::", 1)[-1]
        scores[document] = max(scores.get(document, 0), hit["score"])
    best = max(scores.values(), default=1)
    return {document: 256 * score / best for document, score in scores.items()}


def encoded(queries):
    said = "\n".join(map(json.dumps, queries))
    out = subprocess.run([program, "encode", "--json", "--model", model], input=said, capture_output=True, text=True, check=True)
    return numpy.array([json.loads(line) for line in out.stdout.splitlines()], numpy.float32)


def gain(grades):
    return sum(max(grade, 0) / math.log2(rank + 2) for rank, grade in enumerate(grades[:10]))


def measures(scores, grades):
    ranking = sorted(scores, key=lambda document: -scores[document])[:100]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    found = [grades.get(document, 0) for document in ranking]
    return gain(found) / gain(ideal), sum(grade > 0 for grade in found) / len(ideal)


def main():
    grades, passages = judged(), vectors()
    queries = [query for query in lines("queries.jsonl") if query["_id"] in grades]
    queries = queries[:: -(-len(queries) // QUERIES_MAX)]
    documents, matrix = list(passages), numpy.array(list(passages.values()))
    mean = matrix.mean(0)
    shorten = lambda rows: (rows - mean) / numpy.linalg.norm(rows - mean, axis=1, keepdims=True)
    cosines = shorten(encoded([query["text"] for query in queries])) @ shorten(matrix).T
    rows = []
    for query, near in zip(queries, cosines):
        words = lexical(query["text"])
        alone = {document: WEIGHT * max(float(cosine), 0) for document, cosine in zip(documents, near)}
        both = {document: words.get(document, 0) + alone.get(document, 0) for document in {*words, *alone}}
        rows.append([measures(scores, grades[query["_id"]]) for scores in (words, both, alone)])
    means = numpy.array(rows).mean(0)
    cells = " | ".join(f"{ndcg:.3f} / {recall:.3f}" for ndcg, recall in means)
    print(f"| {os.path.basename(os.path.normpath(collection))} ({len(passages)} passages, {len(queries)} queries) | {cells} |", flush=True)


main()
