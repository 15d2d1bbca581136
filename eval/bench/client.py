"""What the benchmarks speak HTTP with: small, so that it takes little from the service beside it."""

import asyncio
import re
import socket


class Failed(Exception):
    """An answer that is no good."""


class Http:
    """One connection that stays open, as those of telephone systems and other programs do."""

    def __init__(self, port: int):
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> str:
        """The answer's body, if it is a 200."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = int(re.search(r"(?i)\r\ncontent-length: (\d+)", head).group(1))
        answer = (await reader.readexactly(length)).decode()
        if " 200 " not in head.split("\r\n", 1)[0]:
            raise Failed(f"{head.splitlines()[0]} {answer[:200]}")
        return answer

    def close(self) -> None:
        """Hangs up."""
        if self.streams:
            self.streams[1].close()
            self.streams = None


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies, of seconds in milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000
