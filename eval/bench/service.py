#!/usr/bin/env python3
"""How many requests does the service answer? `lotse serve` beside a Python stack, over HTTP.

    eval/bench/service.py --lotse target/release/lotse [--pack models/nordlicht-de-en] [--seconds 6]

The Python stack is FastAPI on uvicorn with a worker process for each core, tokenizers and onnxruntime
int8 (stack.py; the environment and the exported model are made when they are missing). Both services
and the load generator, the same small client for either, are held to the same --cores cores. At 1, 16,
64 and 256 connections that stay open, each connection sends its next message when the answer is there:
the stack's /classify, Lotse's /v1/classify (reads, stores nothing) and /v1/messages (reads, decides,
stores conversation and ticket durably), in turns. Every message is one of the test messages with a
running number behind it, so that none comes twice and no cache of texts helps.

Also: the time from the start of the process to the first /readyz that says yes, memory after the load,
and the share of the offline rate on the same texts that the service keeps. Exit status 1 if a
service does not start or gives an answer that is no good; 429, by which Lotse refuses what is too much,
is counted by itself.
"""

import argparse
import asyncio
import itertools
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any, Callable, Iterator

import environment

if __name__ == "__main__":
    environment.enter()

import uvloop

import export
import offline
import pack as packs
from client import Failed, Http, free_port, percentile
from environment import HERE, ROOT, fail

CONNECTIONS = (1, 16, 64, 256)
START_WITHIN = 60
STARTS = 3
Figures = dict[str, Any]


class Service:
    """A service of several processes that runs until it is closed."""

    def __init__(self, name: str, command: list[Any], settings: dict[str, str], port: int, processes: int):
        self.name, self.port = name, port
        self.errors = tempfile.TemporaryFile("w+")
        started = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, text=True,
                                        stdout=subprocess.DEVNULL, stderr=self.errors)
        self.wait_until_ready(processes)
        self.start_seconds = time.perf_counter() - started

    def wait_until_ready(self, processes: int) -> None:
        """Asks until /readyz says yes and all processes are there."""
        until = time.monotonic() + START_WITHIN
        while not self.is_ready(processes):
            if self.process.poll() is not None or time.monotonic() > until:
                self.close()
                self.errors.seek(0)
                fail(f"{self.name} did not start:\n{self.errors.read()[-2000:]}")
            time.sleep(0.002)

    def is_ready(self, _processes: int) -> bool:
        """Whether it takes messages."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def memory(self) -> Figures:
        """Of all its processes together, in MB: resident, at most resident, and each shared page once."""
        total = {"VmRSS": 0, "VmHWM": 0, "Pss": 0}
        for process in family(self.process.pid):
            for file in ("status", "smaps_rollup"):
                for line in (pathlib.Path("/proc") / str(process) / file).read_text().splitlines():
                    name, _, value = line.partition(":")
                    if name in total:
                        total[name] += int(value.split()[0])
        return {name: kilobytes / 1024 for name, kilobytes in total.items()}

    def close(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def family(process: int) -> Iterator[int]:
    """A process and all that come from it."""
    yield process
    for thread in (pathlib.Path("/proc") / str(process) / "task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from family(int(child))


class Target:
    """An endpoint, and how a message is put to it."""

    def __init__(self, name: str, service: Service, path: str, body: Callable[[str], Any]):
        self.name, self.service, self.path, self.body = name, service, path, body

    def request(self, text: str) -> bytes:
        """The body of a request."""
        return json.dumps(self.body(text)).encode()


def start_lotse(program: pathlib.Path, pack: pathlib.Path, store: str) -> Service:
    """Starts `lotse serve` on the demo with a store of its own."""
    port = free_port()
    command = [program, "serve", "--dir", ROOT / "demo", "--model", pack,
               "--listen", f"127.0.0.1:{port}"]
    return Service("Lotse", command, {"LOTSE_STORE__PATH": store}, port, 1)


def start_stack(pack: pathlib.Path, models: pathlib.Path, cores: int, batch: int) -> Service:
    """Starts the Python stack, a process for each core."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", HERE, "stack:app", "--workers", str(cores),
               "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log",
               "--log-level", "warning"]
    settings = {"PEER_PACK": str(pack), "PEER_MODELS": str(models), "PEER_BATCH": str(batch),
                "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
    return Service("The Python stack", command, settings, port, cores)


class Load:
    """Requests of one round."""

    def __init__(self, target: Target, texts: Iterator[str], seconds: float):
        self.target, self.texts, self.seconds = target, texts, seconds
        self.times: list[float] = []
        self.refused = 0
        self.failures: list[str] = []

    async def connection(self, until: float) -> None:
        """One connection that sends message after message."""
        http = Http(self.target.service.port)
        headers = {"Content-Type": "application/json"}
        try:
            while (started := time.perf_counter()) < until:
                body = self.target.request(next(self.texts))
                started = time.perf_counter()
                try:
                    await http.post(self.target.path, headers, body)
                    self.times.append(time.perf_counter() - started)
                except Failed as problem:
                    if " 429 " not in str(problem):
                        raise
                    self.refused += 1
                    await asyncio.sleep(0.05)
        except (Failed, OSError, asyncio.IncompleteReadError, AttributeError) as problem:
            self.failures.append(f"{self.target.name}: {type(problem).__name__}: {problem}")
        finally:
            http.close()

    async def run(self, connections: int) -> Figures:
        """All connections, for the time of a round."""
        started = time.perf_counter()
        until = started + self.seconds
        await asyncio.gather(*(self.connection(until) for _ in range(connections)))
        taken = time.perf_counter() - started
        if self.failures or not self.times:
            fail("\n".join(self.failures[:3]) or f"{self.target.name} answered nothing.")
        return {"a_second": len(self.times) / taken, "p50": percentile(self.times, 0.5),
                "p99": percentile(self.times, 0.99), "refused": self.refused}


def numbered(texts: list[str]) -> Iterator[str]:
    """The texts over and over, each with a running number behind it."""
    for number, text in enumerate(itertools.cycle(texts)):
        yield f"{text} {number}"


def measure(targets: list[Target], texts: list[str], arguments: argparse.Namespace) -> list[Figures]:
    """All targets at all numbers of connections, in turns."""
    sources = {target.name: numbered(texts) for target in targets}
    rows = []
    for connections in arguments.connections:
        rounds: dict[str, list[Figures]] = {target.name: [] for target in targets}
        for number in range(arguments.rounds + 1):
            offline.say(f"{connections} connections: {f'round {number}' if number else 'warm-up'} …")
            for target in targets:
                seconds = arguments.seconds if number else 1
                load = Load(target, sources[target.name], seconds)
                figures = uvloop.run(load.run(connections))
                if number:
                    rounds[target.name].append(figures)
        rows += [summary(connections, name, found, rounds[targets[0].name])
                 for name, found in rounds.items()]
    return rows


def summary(connections: int, name: str, found: list[Figures], first: list[Figures]) -> Figures:
    """Medians of a target's rounds, and how they compare with the first target's."""
    figures: Figures = {"connections": connections, "target": name}
    figures |= {key: statistics.median(entry[key] for entry in found) for key in ("a_second", "p50", "p99")}
    figures["refused"] = sum(entry["refused"] for entry in found)
    figures["ratios"] = [own["a_second"] / peer["a_second"] for own, peer in zip(found, first)]
    return figures


def show(rows: list[Figures], rates: dict[str, float]) -> None:
    """Prints the rates."""
    print("| connections | service | requests a second | times the first | p50, ms | p99, ms | "
          "refused | of its offline rate |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for found in rows:
        rate = rates.get("peer" if found["target"] == rows[0]["target"] else "lotse")
        share = f"{found['a_second'] / rate:.0%}" if rate else ""
        ratio = "" if found["target"] == rows[0]["target"] else offline.spread(found["ratios"])
        print(f"| {found['connections']} | {found['target']} | {found['a_second']:.0f} | {ratio} | "
              f"{found['p50']:.1f} | {found['p99']:.1f} | {found['refused']} | {share} |")
    print(flush=True)


def offline_rates(arguments: argparse.Namespace, models: pathlib.Path, texts: list[str],
                  directory: pathlib.Path) -> dict[str, float]:
    """Messages a second without a service, on the same numbered texts and cores."""
    data = offline.write_texts(directory / "numbered.jsonl",
                               list(itertools.islice(numbered(texts), len(texts))))
    setting = offline.Setting.__new__(offline.Setting)
    setting.pack, setting.data, setting.models, setting.backend = arguments.pack, data, models, []
    setting.program = None if arguments.no_offline else offline.program(arguments.lotse)
    rows = offline.throughput(setting, arguments.cores, arguments.rounds)
    names = {offline.PEERS["int8"]: "peer", "Lotse": "lotse"}
    return {names[row["program"]]: row["messages_a_second"] for row in rows if row["program"] in names}


def starts(start: Callable[[], Service]) -> float:
    """Median time until a service is ready, in seconds."""
    times = []
    for _ in range(STARTS):
        service = start()
        times.append(service.start_seconds)
        service.close()
    return statistics.median(times)
