#!/usr/bin/env python3
"""How many messages does one core read? Lotse beside onnxruntime and torch, on the same model and texts.

    eval/bench/offline.py --lotse target/release/lotse [--pack models/nordlicht-de-en] [--rounds 5]

Sets its peers up itself: an environment under target/bench-venv, the pack exported under target/bench.
Measured, each in turns (peer, Lotse, peer, Lotse …), all programs held to the same cores:

1. Messages a second over all test messages, on 1 and on 2 threads, with and without tokenising. Peers
   get the messages sorted by length; onnxruntime's batch size, and whether its threads share one
   session or have one each, are what is fastest here; torch runs batches of 32.
2. Time of one message, 300 messages one by one on one thread, tokenising included.
3. Time of one message as it grows from 5 to 512 tokens.

Figures are medians over the rounds; a ratio is the median of the ratios of neighbouring rounds, with the
least and the greatest of them. Lotse is measured by `lotse model bench`, inside its process and after a
warm-up, as the peers are. Exit status 1 if something is missing or failed.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from typing import Any, Iterable

import environment

if __name__ == "__main__":
    environment.enter()

import export
import pack as packs
from environment import HERE, ROOT, fail

PEERS = {"f32": "onnxruntime f32", "int8": "onnxruntime int8", "torch": "torch f32"}
LENGTHS = (5, 10, 20, 40, 80, 160, 320, 512)
ROWS_A_LENGTH = 15
SINGLE = 300
ALL_CORES = sorted(os.sched_getaffinity(0))
Figures = dict[str, Any]


class Peer:
    """A peer's process, which answers commands."""

    def __init__(self, kind: str, setting: "Setting", threads: int):
        self.name = PEERS[kind]
        command = [sys.executable, HERE / "peers.py", kind, "--pack", setting.pack,
                   "--models", setting.models, "--data", setting.data, "--threads", str(threads)]
        self.process = subprocess.Popen(command, env=environment_of(threads), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        preexec_fn=lambda: hold_to(threads))
        self.answer()

    def ask(self, command: str) -> Figures:
        """Sends a command and waits for its figures."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Figures:
        """The next line that the peer says."""
        line = self.process.stdout.readline()
        if not line:
            fail(f"The peer {self.name} ended with exit status {self.process.wait()}.")
        return json.loads(line)

    def close(self) -> None:
        """Ends the process."""
        self.process.stdin.close()
        self.process.wait()


class Setting:
    """What is measured, and Lotse's side of it."""

    def __init__(self, pack: pathlib.Path, data: pathlib.Path, lotse: pathlib.Path | None,
                 backend: str | None):
        self.pack, self.data = pack.resolve(), data.resolve()
        self.backend = ["--backend", backend] if backend else []
        self.program = program(lotse) if lotse else None
        self.models = export.exported(self.pack)

    def lotse(self, data: pathlib.Path, threads: int, single: bool = False) -> Figures:
        """One measured round of `lotse model bench`."""
        command = [self.program, "model", "bench", "--model", self.pack, "--data", data,
                   "--threads", str(threads), "--rounds", "1", *self.backend]
        command += ["--single"] if single else []
        done = subprocess.run(command, env=environment_of(threads), text=True, capture_output=True,
                              preexec_fn=lambda: hold_to(threads))
        try:
            if done.returncode == 0:
                return json.loads(done.stdout)
        except ValueError:
            pass
        fail(f"`lotse model bench` gave exit status {done.returncode} and no figures:\n"
             f"{done.stderr.strip()[-1000:]}{done.stdout[:300]}")


def program(path: pathlib.Path) -> pathlib.Path:
    """The program, if it knows the command."""
    path = path.resolve()
    try:
        known = subprocess.run([path, "model", "bench", "--help"], capture_output=True)
    except OSError as problem:
        fail(f"{path} cannot be run: {problem}\nBuild it with `cargo build --release`, or name another "
             "with --lotse.")
    if known.returncode != 0:
        fail(f"{path} does not know the command `model bench`: build a newer one, or measure the peers "
             "alone with --peers-only.")
    return path


def environment_of(threads: int) -> dict[str, str]:
    """The processes' environment: every pool of threads gets the same number."""
    names = ("RAYON_NUM_THREADS", "CANDLE_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return os.environ | {name: str(threads) for name in names} | {"TOKENIZERS_PARALLELISM": "true"}


def hold_to(threads: int) -> None:
    """Holds the process to the first cores, as many as it has threads."""
    os.sched_setaffinity(0, ALL_CORES[:threads])


def say(text: str) -> None:
    """Tells how far it is."""
    print(text, file=sys.stderr, flush=True)


def spread(ratios: list[float]) -> str:
    """Median, least and greatest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} – {max(ratios):.2f})"


def without_tokenising(figures: Figures) -> float:
    """Seconds less those of tokenising."""
    return figures["seconds"] - figures["tokenise_seconds"]


def throughput(setting: Setting, threads: int, rounds: int, kinds: Iterable[str] = PEERS) -> list[Figures]:
    """Rounds over all messages, in turns: one row of figures for each peer, and one for Lotse."""
    count = len(packs.messages(setting.data))
    peers = {kind: Peer(kind, setting, threads) for kind in kinds}
    arrangements = {}
    for kind, peer in peers.items():
        say(f"{threads} threads: {peer.name} finds its arrangement …")
        arrangements[kind] = peer.ask("tune")["arrangement"]
    times: dict[str, list[Figures]] = {kind: [] for kind in peers}
    beside: dict[str, list[Figures]] = {kind: [] for kind in peers}
    tokens = None
    if setting.program:
        tokens = setting.lotse(setting.data, threads)["tokens"]
    for number in range(rounds):
        say(f"{threads} threads: round {number + 1} of {rounds} …")
        for kind, peer in peers.items():
            times[kind].append(peer.ask("round"))
            if setting.program:
                beside[kind].append(setting.lotse(setting.data, threads)["rounds"][0])
    for peer in peers.values():
        peer.close()
    rows = [row(PEERS[kind], arrangements[kind], count, threads, times[kind], beside[kind])
            for kind in peers]
    if setting.program:
        own = [figures for kind in peers for figures in beside[kind]]
        rows.append(row("Lotse", "", count, threads, own, []) | {"tokens": tokens})
    return rows


def row(name: str, arrangement: str, count: int, threads: int, times: list[Figures],
        beside: list[Figures]) -> Figures:
    """Figures of one program: rates, and how many times faster Lotse was in the neighbouring rounds."""
    found = {
        "program": name, "arrangement": arrangement, "threads": threads,
        "messages_a_second": count / statistics.median(figures["seconds"] for figures in times),
        "without_tokenising": count / statistics.median(map(without_tokenising, times)),
    }
    if beside:
        pairs = list(zip(times, beside))
        found["ratios"] = [peer["seconds"] / own["seconds"] for peer, own in pairs]
        found["ratios_without_tokenising"] = [without_tokenising(peer) / without_tokenising(own)
                                              for peer, own in pairs]
    return found


def show_throughput(rows: list[Figures]) -> None:
    """Prints the rates."""
    print("| threads | program | arrangement | messages a second | without tokenising | "
          "Lotse is faster by | without tokenising |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for found in rows:
        ratios = [spread(found[key]) if key in found else ""
                  for key in ("ratios", "ratios_without_tokenising")]
        print(f"| {found['threads']} | {found['program']} | {found['arrangement']} | "
              f"{found['messages_a_second']:.0f} | {found['without_tokenising']:.0f} | "
              f"{ratios[0]} | {ratios[1]} |")
    print(flush=True)


def latency(setting: Setting, directory: pathlib.Path, rounds: int) -> list[Figures]:
    """One message at a time, in turns."""
    data = write_texts(directory / "single.jsonl", packs.messages(setting.data)[:SINGLE])
    peers = [Peer(kind, setting, 1) for kind in PEERS]
    times: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
    if setting.program:
        times["Lotse"] = []
    for number in range(rounds):
        say(f"one by one: round {number + 1} of {rounds} …")
        for peer in peers:
            times[peer.name].append(peer.ask("single")["single_ms"])
            if setting.program:
                times["Lotse"].append(setting.lotse(data, 1, single=True)["single_ms"])
    for peer in peers:
        peer.close()
    return [{"program": name} | {share: statistics.median(figures[share] for figures in found)
                                 for share in ("p50", "p99")} for name, found in times.items()]


def show_latency(rows: list[Figures]) -> None:
    """Prints the times of one message."""
    print("| one message at a time, 1 thread | p50, ms | p99, ms |")
    print("| --- | --- | --- |")
    for found in rows:
        print(f"| {found['program']} | {found['p50']:.1f} | {found['p99']:.1f} |")
    print(flush=True)


def growth(setting: Setting, directory: pathlib.Path) -> list[Figures]:
    """One message at a time, of more and more tokens."""
    peers = [Peer(kind, setting, 1) for kind in PEERS]
    rows = []
    for length in LENGTHS:
        say(f"messages of {length} tokens …")
        texts = texts_of_length(setting, length)
        data = write_texts(directory / f"length-{length}.jsonl", texts)
        found: Figures = {"wanted": length}
        for peer in peers:
            figures = peer.ask(f"file {data}")
            found["tokens"] = figures["tokens"]
            found[peer.name] = figures["single_ms"]["p50"]
        if setting.program:
            figures = setting.lotse(data, 1, single=True)
            found["Lotse"] = figures["single_ms"]["p50"]
            found["tokens of Lotse"] = figures["tokens"] / figures["messages"]
        rows.append(found)
    for peer in peers:
        peer.close()
    return rows


def texts_of_length(setting: Setting, length: int) -> list[str]:
    """Texts of so many tokens, or a few fewer, out of the words of the test messages. One word is
    the least, 512 words are more than enough for the most."""
    tokenizer = packs.tokenizer_of(setting.pack)
    manifest = json.loads((setting.pack / "lotse.json").read_text(encoding="utf-8"))
    words = " ".join(packs.messages(setting.data)).split()

    def fits(start: int, count: int) -> bool:
        text = packs.as_read(manifest["prefix"], " ".join(words[start:start + count]))
        return len(tokenizer.encode(text).ids) <= length

    texts = []
    for start in range(0, len(words) - length, (len(words) - length) // ROWS_A_LENGTH):
        count = length
        while length < packs.MAX_TOKENS and count > 1 and not fits(start, count):
            count -= 1
        texts.append(" ".join(words[start:start + count]))
    return texts[:ROWS_A_LENGTH]


def show_growth(rows: list[Figures]) -> None:
    """Prints the times of messages of growing length."""
    names = [name for name in [*PEERS.values(), "Lotse"] if name in rows[0]]
    print("| tokens | " + " | ".join(f"{name}, ms" for name in names) + " |")
    print("| --- |" + " --- |" * len(names))
    for found in rows:
        cells = " | ".join(f"{found[name]:.1f}" for name in names)
        print(f"| {found['tokens']:.0f} | {cells} |")
    print(flush=True)


def write_texts(path: pathlib.Path, texts: list[str]) -> pathlib.Path:
    """A JSONL file of texts."""
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return path


def show_data(setting: Setting) -> Figures:
    """Prints what is measured with."""
    report = json.loads((setting.models / "export.json").read_text())
    tokenizer = packs.tokenizer_of(setting.pack)
    prefix = json.loads((setting.pack / "lotse.json").read_text(encoding="utf-8"))["prefix"]
    texts = [packs.as_read(prefix, text) for text in packs.messages(setting.data)]
    tokens = sum(len(encoding.ids) for encoding in tokenizer.encode_batch(texts))
    kept = {entry["kind"]: entry for entry in report["tried"] if entry["kept"]}
    print(f"{len(texts)} messages, {tokens} tokens, {tokens / len(texts):.1f} a message on average.")
    for kind, entry in kept.items():
        print(f"onnxruntime {kind}: {entry['variant']}; {entry['intents_right']:.1%} of the intents right "
              f"(torch f32 {report['torch_intents_right']:.1%}).")
    print(flush=True)
    return {"messages": len(texts), "tokens": tokens, "kept": kept}


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lotse", type=pathlib.Path, default=ROOT / "target/release/lotse")
    parser.add_argument("--pack", type=pathlib.Path, default=ROOT / "models/nordlicht-de-en")
    parser.add_argument("--data", type=pathlib.Path, default=export.TEST)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--backend", choices=["int8", "f32"], help="how Lotse computes")
    parser.add_argument("--only", choices=["throughput", "latency", "growth"], nargs="+",
                        default=["throughput", "latency", "growth"], help="measure only these")
    parser.add_argument("--peers-only", action="store_true", help="without Lotse")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there as well")
    arguments = parser.parse_args()
    if min(arguments.threads) < 1 or max(arguments.threads) > len(ALL_CORES) or arguments.rounds < 1:
        parser.error(f"--threads must be 1 to {len(ALL_CORES)} here, --rounds at least 1")
    lotse = None if arguments.peers_only else arguments.lotse
    setting = Setting(arguments.pack, arguments.data, lotse, arguments.backend)
    figures: Figures = {"data": show_data(setting)}
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        if "throughput" in arguments.only:
            figures["throughput"] = [found for threads in arguments.threads
                                     for found in throughput(setting, threads, arguments.rounds)]
            show_throughput(figures["throughput"])
        if "latency" in arguments.only:
            figures["latency"] = latency(setting, work, min(3, arguments.rounds))
            show_latency(figures["latency"])
        if "growth" in arguments.only:
            figures["growth"] = growth(setting, work)
            show_growth(figures["growth"])
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
