#!/usr/bin/env python3
"""How many requests does the service answer? `lotse serve` beside a Python stack, over HTTP.

    eval/bench/service.py --lotse target/release/lotse [--pack models/nordlicht-de-en] [--seconds 6]

The Python stack is FastAPI on uvicorn with a worker process for each core, tokenizers and onnxruntime
int8 (stack.py; the environment and the exported model are made when they are missing). Connections are
divided evenly among its processes, as an ideal balancer before them would do at no cost. Both services
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
import statistics
import subprocess
import sys
import tempfile
import time
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
BATCHES = (1, 4, 8)
STACK = "Python stack"
Figures = dict[str, Any]


class Service:
    """A service that runs until it is closed: one process, or several of a kind, each with a port."""

    def __init__(self, name: str, command: Callable[[int], list[Any]], settings: dict[str, str],
                 count: int = 1):
        self.name = name
        self.ports = [free_port() for _ in range(count)]
        self.errors = tempfile.TemporaryFile("w+")
        started = time.perf_counter()
        self.processes = [
            subprocess.Popen(command(port), cwd=ROOT, env=os.environ | settings, text=True,
                             stdout=subprocess.DEVNULL, stderr=self.errors) for port in self.ports]
        for process, port in zip(self.processes, self.ports):
            self.wait_until_ready(process, port)
        self.start_seconds = time.perf_counter() - started

    def wait_until_ready(self, process: subprocess.Popen[str], port: int) -> None:
        """Asks until /readyz says yes."""
        until = time.monotonic() + START_WITHIN
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() > until:
                self.close()
                self.errors.seek(0)
                fail(f"{self.name} did not start:\n{self.errors.read()[-2000:]}")
            time.sleep(0.002)

    def memory(self) -> Figures:
        """Of all its processes together, in MB: resident, at most resident, and each shared page once."""
        total = {"VmRSS": 0, "VmHWM": 0, "Pss": 0}
        for process in (child for one in self.processes for child in family(one.pid)):
            for file in ("status", "smaps_rollup"):
                for line in (pathlib.Path("/proc") / str(process) / file).read_text().splitlines():
                    name, _, value = line.partition(":")
                    if name in total:
                        total[name] += int(value.split()[0])
        return {name: kilobytes / 1024 for name, kilobytes in total.items()}

    def close(self) -> None:
        """Ends it."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def is_ready(port: int) -> bool:
    """Whether the service there takes messages."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except OSError:
        return False


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
    def command(port: int) -> list[Any]:
        return [program, "serve", "--dir", ROOT / "demo", "--model", pack,
                "--listen", f"127.0.0.1:{port}"]
    return Service("Lotse", command, {"LOTSE_STORE__PATH": store})


def start_stack(pack: pathlib.Path, models: pathlib.Path, cores: int, batch: int) -> Service:
    """Starts the Python stack, a process for each core."""
    def command(port: int) -> list[Any]:
        return [sys.executable, "-m", "uvicorn", "--app-dir", HERE, "stack:app", "--port", str(port),
                "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    settings = {"PEER_PACK": str(pack), "PEER_MODELS": str(models), "PEER_BATCH": str(batch),
                "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
    return Service(STACK, command, settings, cores)


class Load:
    """Requests of one round."""

    def __init__(self, target: Target, texts: Iterator[str], seconds: float):
        self.target, self.texts, self.seconds = target, texts, seconds
        self.times: list[float] = []
        self.refused = 0
        self.failures: list[str] = []

    async def connection(self, port: int, until: float) -> None:
        """One connection that sends message after message."""
        http = Http(port)
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
        ports = itertools.islice(itertools.cycle(self.target.service.ports), connections)
        await asyncio.gather(*(self.connection(port, until) for port in ports))
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
        rows += [summary(connections, target, rounds[target.name], rounds[targets[0].name])
                 for target in targets]
    return rows


def summary(connections: int, target: Target, found: list[Figures], first: list[Figures]) -> Figures:
    """Medians of a target's rounds, and how they compare with the first target's."""
    figures: Figures = {"connections": connections, "target": target.name,
                        "service": target.service.name}
    figures |= {key: statistics.median(entry[key] for entry in found) for key in ("a_second", "p50", "p99")}
    figures["refused"] = sum(entry["refused"] for entry in found)
    figures["ratios"] = [own["a_second"] / peer["a_second"] for own, peer in zip(found, first)]
    return figures


def show(rows: list[Figures], rates: dict[str, float]) -> None:
    """Prints the rates."""
    print("| connections | service | requests a second | times the Python stack | p50, ms | p99, ms | "
          "refused | of its offline rate |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for found in rows:
        rate = rates.get(found["service"])
        share = f"{found['a_second'] / rate:.0%}" if rate else ""
        ratio = "" if found["service"] == STACK else offline.spread(found["ratios"])
        print(f"| {found['connections']} | {found['target']} | {found['a_second']:.0f} | {ratio} | "
              f"{found['p50']:.1f} | {found['p99']:.1f} | {found['refused']} | {share} |")
    for name, rate in rates.items():
        print(f"Offline, the same texts: {name} {rate:.0f} messages a second.")
    print(flush=True)


def show_start_and_memory(found: dict[str, Figures]) -> None:
    """Prints how long services take to start, and what they hold after the load."""
    print("| service | start to ready, s | resident, MB | at most, MB | shared pages once, MB |")
    print("| --- | --- | --- | --- | --- |")
    for name, figures in found.items():
        cells = " | ".join(f"{figures[key]:.0f}" for key in ("VmRSS", "VmHWM", "Pss"))
        print(f"| {name} | {figures['start']:.2f} | {cells} |")
    print(flush=True)


def offline_rates(arguments: argparse.Namespace, texts: list[str],
                  directory: pathlib.Path) -> dict[str, float]:
    """Messages a second without a service, on the same numbered texts and cores: of onnxruntime int8
    in its fastest arrangement, and of Lotse."""
    same = list(itertools.islice(numbered(texts), len(texts)))
    data = offline.write_texts(directory / "numbered.jsonl", same)
    setting = offline.Setting(arguments.pack, data, arguments.lotse, None)
    rows = offline.throughput(setting, arguments.cores, arguments.rounds, ["int8"])
    return {"Lotse" if row["program"] == "Lotse" else STACK: row["messages_a_second"] for row in rows}


def starts(start: Callable[[], Service]) -> float:
    """Median time until a service is ready, in seconds."""
    times = []
    for _ in range(STARTS):
        service = start()
        times.append(service.start_seconds)
        service.close()
    return statistics.median(times)


def check(program: pathlib.Path) -> pathlib.Path:
    """The program, if it can be run."""
    program = program.resolve()
    if not os.access(program, os.X_OK):
        fail(f"{program} cannot be run. Build it with `cargo build --release`, or name another with --lotse.")
    return program


def best_batch(arguments: argparse.Namespace, models: pathlib.Path, texts: list[str]) -> int:
    """How many waiting requests a worker of the stack had best read together, at 64 connections."""
    rates = {}
    for batch in BATCHES:
        service = start_stack(arguments.pack, models, arguments.cores, batch)
        target = stack_target(service)
        texts_sent = numbered(texts)
        for seconds in (1, arguments.seconds):
            figures = uvloop.run(Load(target, texts_sent, seconds).run(64))
        rates[batch] = figures["a_second"]
        service.close()
    told = ", ".join(f"{batch}: {rate:.0f}" for batch, rate in rates.items())
    print(f"Requests a second of the Python stack at 64 connections, by requests read together: {told}.\n")
    return max(rates, key=rates.__getitem__)


def stack_target(service: Service) -> Target:
    """The stack's endpoint."""
    return Target("Python stack, /classify", service, "/classify", lambda text: {"messages": [{"text": text}]})


def lotse_targets(service: Service) -> list[Target]:
    """Lotse's endpoints."""
    return [
        Target("Lotse, /v1/classify", service, "/v1/classify", lambda text: {"messages": [{"text": text}]}),
        Target("Lotse, /v1/messages", service, "/v1/messages", lambda text: {"channel": "chat", "text": text}),
    ]


def run(arguments: argparse.Namespace, directory: pathlib.Path) -> Figures:
    """Measures everything and prints it."""
    models = export.exported(arguments.pack)
    os.sched_setaffinity(0, offline.ALL_CORES[:arguments.cores])
    texts = packs.messages(export.TEST)
    rates = {} if arguments.no_offline else offline_rates(arguments, texts, directory)
    batch = arguments.peer_batch or best_batch(arguments, models, texts)
    stores = (str(directory / f"store-{number}.sqlite") for number in itertools.count())
    ways: dict[str, Callable[[], Service]] = {
        STACK: lambda: start_stack(arguments.pack, models, arguments.cores, batch),
        "Lotse": lambda: start_lotse(arguments.lotse, arguments.pack, next(stores)),
    }
    found: dict[str, Figures] = {name: {"start": starts(start)} for name, start in ways.items()}
    services: dict[str, Service] = {}
    try:
        for name, start in ways.items():
            services[name] = start()
        targets = [stack_target(services[STACK]), *lotse_targets(services["Lotse"])]
        rows = measure(targets, texts, arguments)
        for name, service in services.items():
            found[name] |= service.memory()
    finally:
        for service in services.values():
            service.close()
    show(rows, rates)
    show_start_and_memory(found)
    return {"service": rows, "offline": rates, "start_and_memory": found, "peer_batch": batch}


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lotse", type=pathlib.Path, default=ROOT / "target/release/lotse")
    parser.add_argument("--pack", type=pathlib.Path, default=ROOT / "models/nordlicht-de-en")
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS)
    parser.add_argument("--seconds", type=float, default=6, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=min(2, len(offline.ALL_CORES)))
    parser.add_argument("--peer-batch", type=int, help="requests that a worker of the Python stack "
                        "reads together; left out, the fastest of 1, 4 and 8")
    parser.add_argument("--no-offline", action="store_true",
                        help="do not measure the offline rate, for a program without `model bench`")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there as well")
    arguments = parser.parse_args()
    if not 1 <= arguments.cores <= len(offline.ALL_CORES) or min(arguments.connections) < 1 \
            or arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error(f"--cores must be 1 to {len(offline.ALL_CORES)} here, the others more than 0")
    arguments.lotse, arguments.pack = check(arguments.lotse), arguments.pack.resolve()
    with tempfile.TemporaryDirectory() as directory:
        figures = run(arguments, pathlib.Path(directory))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
