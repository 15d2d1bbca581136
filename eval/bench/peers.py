"""One peer in a process of its own: reads messages with onnxruntime or torch, measures itself on request.

    peers.py KIND --pack PACK --models DIR --data FILE --threads N

`offline.py` starts it and speaks to it in lines: a command comes in, a line of JSON goes out.

    tune     find the fastest arrangement: {"arrangement": text}
    round    read all messages: {"seconds", "tokenise_seconds"}
    single   read 300 messages one by one: {"single_ms": {"p50", "p99"}}
    file F   the same for the messages of another file, and their length: … "tokens": on average
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import sys
import time
from typing import Any, Callable

import numpy as np

import pack as packs
from client import percentile
from model import file_name, padded, session

BATCHES = (4, 8, 16, 32)
TORCH_BATCH = 32
SINGLE = 300
Run = Callable[[dict[str, np.ndarray]], Any]


class OnnxPeer:
    """A session of onnxruntime, or one for each thread."""

    def __init__(self, model: pathlib.Path, threads: int):
        self.model, self.threads, self.batch = model, threads, BATCHES[-1]
        self.arrange(1)

    def arrange(self, workers: int) -> None:
        """Divides the threads among so many workers, each with a session."""
        self.sessions = [session(self.model, self.threads // workers) for _ in range(workers)]
        self.runs: list[Run] = [lambda inputs, model=model: model.run(None, inputs)
                                for model in self.sessions]

    def arrangements(self) -> list[tuple[int, int]]:
        """Workers and sizes of batches that are worth a try."""
        workers = [1] if self.threads == 1 else [1, self.threads]
        return [(count, batch) for count in workers for batch in BATCHES]


class TorchPeer:
    """A BertModel of transformers in f32, in batches of 32, as most teams run it."""

    def __init__(self, models: pathlib.Path, mean: bool, threads: int):
        import torch
        from transformers import BertModel
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        torch.set_num_threads(threads)
        encoder = BertModel.from_pretrained(models / "torch", add_pooling_layer=False).eval()
        stored = np.load(models / "heads.npz")
        weights = sorted(name for name in stored.files if name.endswith(".weight"))
        weight = torch.cat([torch.from_numpy(stored[name]) for name in weights])
        biases = [name.removesuffix("weight") + "bias" for name in weights]
        bias = torch.cat([torch.from_numpy(stored[name]) for name in biases])

        def run(inputs: dict[str, np.ndarray]) -> Any:
            with torch.inference_mode():
                ids, mask = (torch.from_numpy(inputs[name]) for name in ("input_ids", "attention_mask"))
                hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
                kept = mask.unsqueeze(-1).to(hidden.dtype)
                pooled = (hidden * kept).sum(1) / kept.sum(1) if mean else hidden[:, 0]
                return torch.nn.functional.linear(pooled, weight, bias).numpy()

        self.batch, self.runs = TORCH_BATCH, [run]

    def arrange(self, workers: int) -> None:
        """torch divides its threads itself."""

    def arrangements(self) -> list[tuple[int, int]]:
        """As most teams run it."""
        return [(1, TORCH_BATCH)]


class Bench:
    """What is measured."""

    def __init__(self, peer: OnnxPeer | TorchPeer, pack: pathlib.Path, texts: list[str]):
        self.peer, self.tokenizer = peer, packs.tokenizer_of(pack)
        manifest = json.loads((pack / "lotse.json").read_text(encoding="utf-8"))
        self.prefix = manifest["prefix"]
        self.texts = self.as_read(texts)

    def as_read(self, texts: list[str]) -> list[str]:
        """What the tokenizer is given."""
        return [packs.as_read(self.prefix, text) for text in texts]

    def tune(self) -> dict[str, str]:
        """Finds the fastest arrangement on a third of the messages and keeps it."""
        sample, best = self.texts[::3], (float("inf"), 1, 1)
        for workers, batch in self.peer.arrangements():
            self.peer.arrange(workers)
            self.peer.batch = batch
            taken = min(self.read(sample)["seconds"] for _ in range(3))
            best = min(best, (taken, workers, batch))
        _, workers, self.peer.batch = best
        self.peer.arrange(workers)
        self.read(sample)
        return {"arrangement": f"{workers} × batches of {self.peer.batch}"}

    def read(self, texts: list[str]) -> dict[str, float]:
        """Reads texts and tells how long it took."""
        started = time.perf_counter()
        sequences = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]
        tokenised = time.perf_counter()
        order = sorted(sequences, key=len)
        size = self.peer.batch
        waiting = collections.deque(order[at:at + size] for at in range(0, len(order), size))
        if len(self.peer.runs) == 1:
            self.work(self.peer.runs[0], waiting)
        else:
            with concurrent.futures.ThreadPoolExecutor(len(self.peer.runs)) as pool:
                done = [pool.submit(self.work, run, waiting) for run in self.peer.runs]
                for worker in done:
                    worker.result()
        ended = time.perf_counter()
        return {"seconds": ended - started, "tokenise_seconds": tokenised - started}

    @staticmethod
    def work(run: Run, waiting: "collections.deque[list[list[int]]]") -> None:
        """Runs what waits, the longest first."""
        while True:
            try:
                batch = waiting.pop()
            except IndexError:
                return
            run(padded(batch))

    def single(self, texts: list[str]) -> dict[str, Any]:
        """Reads texts one by one, on the first worker."""
        run, times, lengths = self.peer.runs[0], [], []
        for text in texts[:5] + texts:
            started = time.perf_counter()
            ids = self.tokenizer.encode(text).ids
            run(padded([ids]))
            times.append(time.perf_counter() - started)
            lengths.append(len(ids))
        measured = times[-len(texts):]
        figures = {"p50": percentile(measured, 0.5), "p99": percentile(measured, 0.99)}
        return {"single_ms": figures, "tokens": sum(lengths[-len(texts):]) / len(texts)}

    def answer(self, command: str) -> dict[str, Any]:
        """Carries a command out."""
        if command == "tune":
            return self.tune()
        if command == "round":
            return self.read(self.texts)
        if command == "single":
            return self.single(self.texts[:SINGLE])
        if command.startswith("file "):
            return self.single(self.as_read(packs.messages(pathlib.Path(command[5:]))))
        raise ValueError(f"unknown command {command!r}")


def main() -> None:
    """Answers commands until there are no more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["f32", "int8", "torch"])
    parser.add_argument("--pack", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    if arguments.kind == "torch":
        config = json.loads((arguments.pack / "config.json").read_text())
        mean = config.get("pooling", "mean") == "mean"
        peer: OnnxPeer | TorchPeer = TorchPeer(arguments.models, mean, arguments.threads)
    else:
        peer = OnnxPeer(arguments.models / file_name(arguments.kind), arguments.threads)
    bench = Bench(peer, arguments.pack, packs.messages(arguments.data))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(bench.answer(line.strip())), flush=True)


if __name__ == "__main__":
    main()
