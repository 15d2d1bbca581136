#!/usr/bin/env python3
"""Turns a model pack into what its peers run: ONNX in f32 and int8, and a BertModel for torch.

    eval/bench/export.py PACK OUT [--data eval/nordlicht/test.jsonl]

Writes into OUT:
    model.onnx       f32: input_ids, attention_mask -> pooled, and logits_NAME of each head
    model-int8.onnx  the same by onnxruntime's dynamic quantisation; the heads stay f32
    torch/           what transformers' BertModel.from_pretrained reads
    heads.npz        weight and bias of each head, for torch
    export.json      which variants were tried, how fast and how accurate each was, which are kept

Each ONNX file is the fastest of several variants, on one thread: as torch exported it, or after
onnxruntime's optimiser for BERT (fused attention, layer norms and GELU), that with GELU approximated;
int8 with a scale for each matrix or for each of its columns. A variant that names the labelled intent of
more than 1.5 % fewer messages than torch is left out, unless all would be.
"""

import argparse
import hashlib
import json
import logging
import pathlib
import shutil
import sys
import time
import warnings
from typing import Any, Iterator

import environment

if __name__ == "__main__":
    environment.enter()

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from transformers import BertConfig, BertModel
from transformers.utils.logging import disable_progress_bar

import pack as packs
from environment import ROOT, fail
from model import Inputs, file_name, padded, session

BATCH = 16
ROUNDS = 3
LOST_AT_MOST = 0.015
COSINE_AT_LEAST = {"f32": 0.9999, "int8": 0.98}
TEST = ROOT / "eval/nordlicht/test.jsonl"
Outputs = dict[str, np.ndarray]


class Whole(torch.nn.Module):
    """The encoder with pooling and heads."""

    def __init__(self, encoder: BertModel, pack: packs.Pack):
        super().__init__()
        self.encoder = encoder
        self.mean = pack.config.get("pooling", "mean") == "mean"
        self.heads = torch.nn.ModuleDict()
        for name, (weight, bias) in pack.heads.items():
            head = torch.nn.Linear(weight.shape[1], weight.shape[0])
            head.weight.data, head.bias.data = torch.tensor(weight), torch.tensor(bias)
            self.heads[name] = head

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Pooled vectors and each head's logits."""
        encoded = self.encoder(input_ids=input_ids, attention_mask=attention_mask)
        hidden = encoded.last_hidden_state
        if self.mean:
            kept = attention_mask.to(hidden.dtype).unsqueeze(-1)
            pooled = (hidden * kept).sum(1) / kept.sum(1)
        else:
            pooled = hidden[:, 0]
        return pooled, *(head(pooled) for head in self.heads.values())

    def names(self) -> list[str]:
        """Names of what `forward` gives."""
        return ["pooled", *(f"logits_{name}" for name in self.heads)]


def bert(pack: packs.Pack) -> BertModel:
    """The encoder as transformers builds it."""
    known = {key: value for key, value in pack.config.items() if key not in ("architectures", "pooling")}
    model = BertModel(BertConfig(**known), add_pooling_layer=False)
    tensors = {name: torch.tensor(values) for name, values in pack.encoder.items()}
    model.load_state_dict(tensors)
    return model.eval()


def export_onnx(model: Whole, path: pathlib.Path) -> None:
    """Writes the model as torch exports it. Attention is spelled out, as the optimiser knows it."""
    model.encoder.set_attn_implementation("eager")
    ids = torch.randint(5, 1000, (3, 17))
    mask = torch.ones_like(ids)
    mask[1, 10:] = 0
    names = model.names()
    axes = {name: {0: "batch", 1: "length"} for name in ("input_ids", "attention_mask")}
    axes |= {name: {0: "batch"} for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (ids, mask), str(path), dynamo=False, opset_version=17,
                          input_names=["input_ids", "attention_mask"], output_names=names,
                          dynamic_axes=axes)


def optimise(source: pathlib.Path, target: pathlib.Path, config: dict[str, Any], gelu: bool) -> None:
    """Fuses what onnxruntime has one operation for; `gelu`: with the faster approximation."""
    options = FusionOptions("bert")
    options.enable_gelu_approximation = gelu
    model = optimizer.optimize_model(str(source), model_type="bert", opt_level=0,
                                     num_heads=config["num_attention_heads"],
                                     hidden_size=config["hidden_size"], optimization_options=options)
    fused = model.get_fused_operator_statistics()["Attention"]
    if fused != config["num_hidden_layers"]:
        fail(f"The optimiser fused {fused} attentions of {config['num_hidden_layers']} layers: this "
             "version of onnxruntime does not know the graph that this version of torch exports.")
    model.save_model_to_file(str(target))


def quantise(source: pathlib.Path, target: pathlib.Path, per_channel: bool) -> None:
    """Writes the int8 form: weights quantised, activations as they come."""
    heads = [node.name for node in onnx.load(source).graph.node
             if any(name.startswith("logits_") for name in node.output)]
    quantize_dynamic(source, target, per_channel=per_channel, weight_type=QuantType.QInt8,
                     nodes_to_exclude=heads,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def batches(sequences: list[list[int]], size: int) -> Iterator[tuple[list[int], Inputs]]:
    """Sequences sorted by length, padded in batches: which ones, and the model's inputs."""
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    for start in range(0, len(order), size):
        chosen = order[start:start + size]
        yield chosen, padded([sequences[index] for index in chosen])


def outputs(run: Any, sequences: list[list[int]], names: list[str]) -> Outputs:
    """All outputs of all sequences, in their order."""
    places: list[int] = []
    parts: list[list[np.ndarray]] = []
    for chosen, inputs in batches(sequences, BATCH):
        places += chosen
        parts.append(run(inputs))
    back = np.argsort(places)
    return {name: np.concatenate([part[index] for part in parts])[back]
            for index, name in enumerate(names)}


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    """Least cosine of two sets of vectors, row by row."""
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return float(((left * right).sum(axis=1) / lengths).min())


def right_share(logits: np.ndarray, labels: list[str], rows: list[dict[str, Any]]) -> float:
    """Share of the rows with a known intent whose intent comes first."""
    known = [(best, row["intent"]) for best, row in zip(logits.argmax(axis=1), rows)
             if row.get("intent") in labels]
    return sum(labels[best] == intent for best, intent in known) / max(1, len(known))


def variants(work: pathlib.Path, config: dict[str, Any]) -> dict[str, dict[str, pathlib.Path]]:
    """Makes all variants out of work/plain.onnx: by kind, by name."""
    made: dict[str, dict[str, pathlib.Path]] = {"f32": {"plain": work / "plain.onnx"}, "int8": {}}
    for name, gelu in (("optimised", False), ("optimised, GELU approximated", True)):
        made["f32"][name] = work / f"optimised-{int(gelu)}.onnx"
        optimise(work / "plain.onnx", made["f32"][name], config, gelu)
    for name, source in made["f32"].items():
        for per_channel in (False, True):
            target = work / f"{source.stem}-int8-{int(per_channel)}.onnx"
            quantise(source, target, per_channel)
            made["int8"][f"{name}, a scale for each {'column' if per_channel else 'matrix'}"] = target
    return made


def judge(kind: str, found: dict[str, pathlib.Path], reference: Outputs, sequences: list[list[int]],
          rows: list[dict[str, Any]], labels: list[str]) -> list[dict[str, Any]]:
    """How fast and how accurate each variant is; the one to keep is first."""
    names = list(reference)
    running = {name: session(path, 1) for name, path in found.items()}
    right = right_share(reference["logits_intent"], labels, rows)
    tried = []
    for name, model in running.items():
        given = outputs(lambda inputs: model.run(None, inputs), sequences, names)
        share = right_share(given["logits_intent"], labels, rows)
        least = cosine(given["pooled"], reference["pooled"])
        accurate = right - share <= LOST_AT_MOST and least >= COSINE_AT_LEAST[kind]
        tried.append({"kind": kind, "variant": name, "path": str(found[name]), "cosine": least,
                      "intents_right": share, "accurate": accurate, "seconds": []})
    sample = sequences[::3]
    for _ in range(ROUNDS):
        for entry in tried:
            started = time.perf_counter()
            outputs(lambda inputs: running[entry["variant"]].run(None, inputs), sample, names)
            entry["seconds"].append(time.perf_counter() - started)
    for entry in tried:
        entry["messages_a_second"] = len(sample) / min(entry.pop("seconds"))
    tried.sort(key=lambda entry: (not entry["accurate"], -entry["messages_a_second"]))
    return tried


def export(directory: pathlib.Path, out: pathlib.Path, data: pathlib.Path) -> dict[str, Any]:
    """Writes everything; returns what export.json says."""
    pack = packs.read(directory)
    if "intent" not in pack.heads:
        fail(f"{directory} has no head for intents; the benchmarks judge accuracy by them.")
    rows = packs.rows(data)
    tokenizer = packs.tokenizer_of(directory)
    texts = [packs.as_read(pack.manifest["prefix"], row["text"]) for row in rows]
    sequences = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    encoder = bert(pack)
    encoder.save_pretrained(out / "torch")
    np.savez(out / "heads.npz", **{f"{name}.{part}": values for name, both in pack.heads.items()
                                   for part, values in zip(("weight", "bias"), both)})
    whole = Whole(encoder, pack).eval()
    reference = torch_outputs(whole, sequences)
    work = out / "variants"
    work.mkdir(exist_ok=True)
    export_onnx(whole, work / "plain.onnx")
    labels = pack.manifest["heads"]["intent"]["labels"]
    report: dict[str, Any] = {
        "messages": len(rows), "tokens_a_message": sum(map(len, sequences)) / len(sequences),
        "torch_intents_right": right_share(reference["logits_intent"], labels, rows), "tried": []}
    for kind, found in variants(work, pack.config).items():
        tried = judge(kind, found, reference, sequences, rows, labels)
        if kind == "f32" and not tried[0]["accurate"]:
            fail(f"No f32 variant agrees with torch (cosine {tried[0]['cosine']:.5f}).")
        if tried[0]["cosine"] < COSINE_AT_LEAST[kind]:
            fail(f"No {kind} variant agrees with torch (cosine {tried[0]['cosine']:.5f}).")
        shutil.copyfile(tried[0]["path"], out / file_name(kind))
        report["tried"] += [{key: value for key, value in entry.items() if key != "path"}
                            | {"kept": entry is tried[0]} for entry in tried]
    shutil.rmtree(work)
    (out / "export.json").write_text(json.dumps(report, indent=1))
    return report


def torch_outputs(model: Whole, sequences: list[list[int]]) -> Outputs:
    """What torch makes of the sequences."""
    def run(inputs: Inputs) -> list[np.ndarray]:
        with torch.inference_mode():
            given = model(*(torch.from_numpy(inputs[name]) for name in ("input_ids", "attention_mask")))
        return [values.numpy() for values in given]
    return outputs(run, sequences, model.names())


def show(report: dict[str, Any]) -> None:
    """Prints what was tried as a table."""
    print(f"{report['messages']} messages of {report['tokens_a_message']:.1f} tokens on average; torch "
          f"names {report['torch_intents_right']:.1%} of the known intents. One thread, batches of {BATCH}.\n")
    print("| kind | variant | messages a second | least cosine to torch | intents right | kept |")
    print("| --- | --- | --- | --- | --- | --- |")
    for entry in report["tried"]:
        kept = "yes" if entry["kept"] else "" if entry["accurate"] else "no: inaccurate"
        print(f"| {entry['kind']} | {entry['variant']} | {entry['messages_a_second']:.0f} | "
              f"{entry['cosine']:.4f} | {entry['intents_right']:.1%} | {kept} |")


def exported(directory: pathlib.Path) -> pathlib.Path:
    """The directory of a pack's exported models under target/, made unless it is there."""
    digest = hashlib.sha256()
    try:
        for path in (directory / "model.safetensors", directory / "lotse.json",
                     directory / "tokenizer.json", environment.REQUIREMENTS, pathlib.Path(__file__)):
            digest.update(path.read_bytes())
    except OSError as problem:
        fail(f"{directory} is no model pack: {problem}")
    out = ROOT / "target/bench" / f"{directory.resolve().name}-{digest.hexdigest()[:12]}"
    if not (out / "export.json").exists():
        print(f"Exporting {directory} to {out} (some minutes) …", file=sys.stderr)
        write(directory, out, TEST)
    return out


def write(directory: pathlib.Path, out: pathlib.Path, data: pathlib.Path) -> dict[str, Any]:
    """Makes the directory and exports into it, without the libraries' chatter."""
    logging.disable(logging.WARNING)
    disable_progress_bar()
    try:
        out.mkdir(parents=True, exist_ok=True)
        return export(directory, out, data)
    except OSError as problem:
        fail(f"{out} cannot be written: {problem}")
    finally:
        logging.disable(logging.NOTSET)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=pathlib.Path, metavar="PACK")
    parser.add_argument("out", type=pathlib.Path, metavar="OUT")
    parser.add_argument("--data", type=pathlib.Path, default=TEST, help="labelled messages")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    show(write(arguments.pack, arguments.out, arguments.data))


if __name__ == "__main__":
    main()
