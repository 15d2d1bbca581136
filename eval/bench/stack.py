"""The Python stack that `service.py` measures Lotse against: FastAPI, uvicorn, tokenizers, onnxruntime.

    PEER_PACK=… PEER_MODELS=… PEER_BATCH=1 python -m uvicorn stack:app --port …

`service.py` starts one for each core, each with a session of one thread. Requests that wait while it
is busy are read together, at most PEER_BATCH at a time.
"""

import asyncio
import concurrent.futures
import contextlib
import json
import os
import pathlib
from typing import Any, AsyncIterator

import numpy as np
import orjson
from fastapi import FastAPI, Response
from pydantic import BaseModel

import pack as packs
from model import file_name, padded, session

PACK = pathlib.Path(os.environ["PEER_PACK"])
BATCH = int(os.environ.get("PEER_BATCH", "1"))


class Message(BaseModel):
    """A message to read."""

    id: str | None = None
    text: str


class Request(BaseModel):
    """Messages to read."""

    messages: list[Message]


class Reader:
    """The model of one worker process."""

    def __init__(self) -> None:
        manifest = json.loads((PACK / "lotse.json").read_text(encoding="utf-8"))
        self.prefix, self.heads = manifest["prefix"], manifest["heads"]
        self.tokenizer = packs.tokenizer_of(PACK)
        self.session = session(pathlib.Path(os.environ["PEER_MODELS"]) / file_name("int8"), 1)
        self.names = [f"logits_{name}" for name in self.heads]
        self.waiting: asyncio.Queue[tuple[str, asyncio.Future[dict[str, Any]]]] = asyncio.Queue()
        self.thread = concurrent.futures.ThreadPoolExecutor(1)
        self.read(["Wo ist mein Paket?"])

    def read(self, texts: list[str]) -> list[dict[str, Any]]:
        """Labels and probabilities of each head for each text."""
        prepared = [packs.as_read(self.prefix, text) for text in texts]
        if len(prepared) == 1:
            encoded = [self.tokenizer.encode(prepared[0])]
        else:
            encoded = self.tokenizer.encode_batch(prepared)
        logits = self.session.run(self.names, padded([encoding.ids for encoding in encoded]))
        shares = [probabilities(values, head["temperature"])
                  for values, head in zip(logits, self.heads.values())]
        return [{name: dict(zip(head["labels"], share[row].tolist()))
                 for (name, head), share in zip(self.heads.items(), shares)}
                for row in range(len(texts))]

    async def work(self) -> None:
        """Reads what waits, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            taken = [await self.waiting.get()]
            while len(taken) < BATCH and not self.waiting.empty():
                taken.append(self.waiting.get_nowait())
            try:
                read = await loop.run_in_executor(self.thread, self.read, [text for text, _ in taken])
            except Exception as problem:
                for _, answer in taken:
                    answer.set_exception(problem)
                continue
            for (_, answer), result in zip(taken, read):
                if not answer.done():
                    answer.set_result(result)

    async def ask(self, text: str) -> dict[str, Any]:
        """One text, read as soon as its turn comes."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        await self.waiting.put((text, answer))
        return await answer


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax over a head's outputs; a head with one output tells its second label's logit."""
    if logits.shape[1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=1)
    shares = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return shares / shares.sum(axis=1, keepdims=True)


@contextlib.asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Loads the model before the first request."""
    application.state.reader = Reader()
    task = asyncio.create_task(application.state.reader.work())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/classify")
async def classify(request: Request) -> Response:
    """Reads messages."""
    reader: Reader = app.state.reader
    read = await asyncio.gather(*(reader.ask(message.text) for message in request.messages))
    results = [{"id": message.id, "classification": result}
               for message, result in zip(request.messages, read)]
    return Response(orjson.dumps({"results": results}), media_type="application/json")


@app.get("/readyz")
async def ready() -> Response:
    """Answers once the model is there."""
    return Response("ok")
