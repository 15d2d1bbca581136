#!/usr/bin/env python3
"""How long do callers wait? Time to answer of each telephone webhook under many calls at once.

    eval/bench/ivr.py [--lotse target/release/lotse] [--calls 50] [--rounds 4] [--pause 4]

Starts `lotse serve` on the demo with a store of its own, and leads that many calls at the same time
over each protocol: the greeting, then up to three utterances out of the test messages of the
telephone (eval/nordlicht/test.jsonl), until the call is put through. First "at once": every caller
speaks again as soon as the answer is there, in several rounds. Then "talking": with a random pause of
up to twice --pause seconds, as people listen and speak. Times are from the first byte of the request
to the last byte of the answer, in milliseconds. Exit status 1 if any answer was no good.

Needs nothing but Python; the row TeXML also needs the command openssl, which signs its requests.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import html
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

from client import Failed, Http, free_port, percentile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLIC_URL = "https://lotse.example"
TOKEN = "0123456789abcdef0123456789abcdef"
UTTERANCES = 3


def number():
    """A caller's: nobody calls twice, so that each is a customer of their own."""
    return f"+49151{random.randrange(10**8):08}"


class Markup:
    """Twilio's or Telnyx's side."""

    def __init__(self, setting, texts, telnyx=None):
        self.action = PUBLIC_URL + ("/channels/texml/voice" if telnyx else "/channels/twilio/voice")
        self.http = Http(setting.port)
        self.call, self.number = f"CA{random.getrandbits(128):032x}", number()
        # Telnyx signs the body alone, by a process of its own: before the clock starts.
        self.signed = {words: telnyx.headers(self.body(words)[1])
                       for words in [None, *texts]} if telnyx else None

    def body(self, words):
        form = {"CallSid": self.call, "From": self.number, "To": "+494315550199",
                "CallStatus": "in-progress"}
        if words:
            form |= {"SpeechResult": words, "Confidence": "0.92"}
        return form, urllib.parse.urlencode(form).encode()

    async def event(self, words):
        form, body = self.body(words)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers |= self.signed[words] if self.signed else twilio_headers(self.action, form)
        started = time.perf_counter()
        answer = await self.http.post(self.action.removeprefix(PUBLIC_URL), headers, body)
        took = time.perf_counter() - started
        if "<Say" not in answer:
            raise Failed(answer[:200])
        action = re.search(r'<Gather[^>]* action="([^"]*)"', answer)
        self.action = html.unescape(action.group(1)) if action else self.action
        return took, action is not None

    def close(self):
        self.http.close()


def twilio_headers(address, form):
    signed = address + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    return {"X-Twilio-Signature": base64.b64encode(digest).decode()}


class Telnyx:
    """Signs with a key of its own."""

    def __init__(self, directory):
        self.key = os.path.join(directory, "telnyx.pem")
        openssl = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key]
        subprocess.run(openssl, check=True, capture_output=True)
        openssl = ["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"]
        der = subprocess.run(openssl, check=True, capture_output=True).stdout
        self.public = base64.b64encode(der[-32:]).decode()
        self.message = os.path.join(directory, "message")

    def headers(self, body):
        now = str(int(time.time()))
        pathlib.Path(self.message).write_bytes(now.encode() + b"|" + body)
        openssl = ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", self.message]
        signature = subprocess.run(openssl, check=True, capture_output=True).stdout
        signature = base64.b64encode(signature).decode()
        return {"Telnyx-Timestamp": now, "Telnyx-Signature-Ed25519": signature}


class Connect:
    """A flow of Amazon Connect."""

    def __init__(self, setting, _texts):
        self.http, self.state = Http(setting.port), ""
        self.contact, self.number = f"{random.getrandbits(128):032x}", number()

    async def event(self, words):
        given = {"state": self.state} | ({"text": words, "confidence": "0.92"} if words else {})
        endpoint = {"Address": self.number, "Type": "TELEPHONE_NUMBER"}
        data = {"ContactId": self.contact, "Channel": "VOICE", "CustomerEndpoint": endpoint}
        event = {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": given}}
        body, headers = json.dumps(event).encode(), {"Content-Type": "application/json"}
        started = time.perf_counter()
        answer = await self.http.post("/channels/amazon/connect", headers, body)
        took = time.perf_counter() - started
        answer = json.loads(answer)
        self.state = answer["LotseState"]
        return took, answer["LotseAction"] == "listen"

    def close(self):
        self.http.close()


class Lex:
    """A bot of Lex V2."""

    def __init__(self, setting, _texts):
        self.http, self.attributes = Http(setting.port), {}
        self.session = f"{random.getrandbits(128):032x}"

    async def event(self, words):
        intent = {"name": "FallbackIntent", "state": "ReadyForFulfillment", "slots": {}}
        event = {"messageVersion": "1.0", "invocationSource": "FulfillmentCodeHook",
                 "inputMode": "Speech", "sessionId": self.session, "inputTranscript": words or "",
                 "bot": {"localeId": "de_DE"},
                 "transcriptions": [{"transcriptionConfidence": 0.92}],
                 "sessionState": {"sessionAttributes": self.attributes, "intent": intent}}
        body, headers = json.dumps(event).encode(), {"Content-Type": "application/json"}
        started = time.perf_counter()
        answer = await self.http.post("/channels/amazon/lex", headers, body)
        took = time.perf_counter() - started
        state = json.loads(answer)["sessionState"]
        self.attributes = state["sessionAttributes"]
        return took, state["dialogAction"]["type"] == "ElicitIntent"

    def close(self):
        self.http.close()


class Agi:
    """An Asterisk: a connection for each event."""

    def __init__(self, setting, _texts):
        self.port, self.variables = setting.agi, {}
        self.call, self.number = f"{random.getrandbits(40)}.1", number()

    async def event(self, words):
        self.variables["TRANSCRIPT"] = words or ""
        environment = (f"agi_network: yes\nagi_uniqueid: {self.call}\nagi_language: de\n"
                       f"agi_callerid: {self.number}\n\n")
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(environment.encode())
        while line := (await reader.readline()).decode():
            if known := re.fullmatch(r"GET FULL VARIABLE \$\{(\w+)\}\n", line):
                value = self.variables.get(known.group(1))
                writer.write(b"200 result=0\n" if value is None
                             else f"200 result=1 ({value})\n".encode())
            elif known := re.fullmatch(r'SET VARIABLE (\w+) "(.*)"\n', line):
                self.variables[known.group(1)] = re.sub(r"\\(.)", r"\1", known.group(2))
                writer.write(b"200 result=1\n")
            else:
                raise Failed(line)
        took = time.perf_counter() - started
        writer.close()
        if not self.variables.get("LOTSE_SAY"):
            raise Failed(str(self.variables))
        return took, self.variables["LOTSE_ACTION"] == "listen"

    def close(self):
        pass


class Setting:
    """A running service."""

    def __init__(self, program, directory, telnyx):
        self.port, self.agi = free_port(), free_port()
        environment = os.environ | {
            "LOTSE_STORE__PATH": os.path.join(directory, "store.sqlite"),
            # The same transcripts come again and again, as those of callers do not.
            "LOTSE_MODEL__REPEATED": "0",
            "LOTSE_CHANNELS__PUBLIC_URL": PUBLIC_URL,
            "LOTSE_CHANNELS__TWILIO__AUTH_TOKEN": TOKEN,
            "LOTSE_CHANNELS__AGI__LISTEN": f"127.0.0.1:{self.agi}",
        }
        if telnyx:
            environment["LOTSE_CHANNELS__TELNYX__PUBLIC_KEY"] = telnyx.public
        command = [program, "serve", "--dir", "demo", "--listen", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "Press Ctrl-C to stop" in line:
                break
        else:
            sys.exit("lotse serve did not start")

    def close(self):
        self.process.terminate()
        self.process.communicate()


async def call(caller, texts, pause, times, failures):
    """Leads one call to its end."""
    try:
        await asyncio.sleep(random.uniform(0, 2 * pause))
        took, listens = await caller.event(None)
        times["greeting"].append(took)
        for words in texts:
            if not listens:
                break
            await asyncio.sleep(random.uniform(0, 2 * pause))
            took, listens = await caller.event(words)
            times["words"].append(took)
    except (Failed, OSError, asyncio.IncompleteReadError) as problem:
        failures.append(f"{type(problem).__name__}: {problem}")
    finally:
        caller.close()


async def measure(make, texts, arguments, pause):
    times, failures = {"greeting": [], "words": []}, []
    for _ in range(1 if pause else arguments.rounds):
        said = [random.sample(texts, UTTERANCES) for _ in range(arguments.calls)]
        callers = [(make(words), words) for words in said]
        calls = (call(caller, words, pause, times, failures) for caller, words in callers)
        await asyncio.gather(*calls)
    return times, failures


def print_rows(name, manner, times, failures):
    for event, values in times.items():
        if values:
            figures = [percentile(values, share) for share in (0.5, 0.9, 0.99, 1)]
            cells = " | ".join(f"{figure:.1f}" for figure in figures)
            print(f"| {name} | {event} | {manner} | {len(values)} | {cells} | {len(failures)} |",
                  flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lotse", default="target/release/lotse", help="the program")
    parser.add_argument("--calls", type=int, default=50, help="calls at the same time")
    parser.add_argument("--rounds", type=int, default=4, help="rounds without pauses")
    parser.add_argument("--pause", type=float, default=4, help="seconds a caller waits on average")
    arguments = parser.parse_args()
    rows = (json.loads(line) for line in open(ROOT / "eval/nordlicht/test.jsonl", encoding="utf-8"))
    texts = [row["text"] for row in rows if row.get("channel") == "phone"]
    random.seed(7)
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        telnyx = Telnyx(directory) if shutil.which("openssl") else None
        setting = Setting(os.path.join(ROOT, arguments.lotse), directory, telnyx)
        protocols = {
            "Twilio": lambda texts: Markup(setting, texts),
            "TeXML": telnyx and (lambda texts: Markup(setting, texts, telnyx)),
            "Connect": lambda texts: Connect(setting, texts),
            "Lex V2": lambda texts: Lex(setting, texts),
            "FastAGI": lambda texts: Agi(setting, texts),
        }
        print(f"{arguments.calls} calls at the same time, times in ms\n")
        print("| protocol | event | manner | events | p50 | p90 | p99 | longest | failed |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        try:
            for name, make in protocols.items():
                if make is None:
                    print(f"| {name} | openssl is not there to sign | | | | | | | |")
                    continue
                for manner, pause in (("at once", 0), ("talking", arguments.pause)):
                    times, failures = asyncio.run(measure(make, texts, arguments, pause))
                    print_rows(name, manner, times, failures)
                    failed |= bool(failures)
                    for problem in failures[:3]:
                        print(problem, file=sys.stderr)
        finally:
            setting.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
