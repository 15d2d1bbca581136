"""What is in a model pack? Its tensors as plain floats, its heads, and texts as its tokenizer gets them.

Formats and rules follow src/encoder/{weights,quantise,tokens}.rs.
"""

import dataclasses
import json
import pathlib
import struct
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from environment import fail

Q4_GROUP = 32
MAX_TOKENS = 512
MAX_CHARS = 6_000
SHOUTED_LETTERS = 8
DTYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8", "U8": "u1", "I8": "i1"}


@dataclasses.dataclass
class Pack:
    """A pack in memory."""

    directory: pathlib.Path
    config: dict[str, Any]
    manifest: dict[str, Any]
    encoder: dict[str, np.ndarray]
    """Tensors of the encoder by their name in a BertModel."""
    heads: dict[str, tuple[np.ndarray, np.ndarray]]
    """Weight `[outputs, hidden_size]` and bias of each head."""


def read(directory: pathlib.Path) -> Pack:
    """Reads a pack."""
    try:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        manifest = json.loads((directory / "lotse.json").read_text(encoding="utf-8"))
        tensors = floats(stored_tensors(directory / "model.safetensors"))
    except (OSError, ValueError) as problem:
        fail(f"{directory} is no model pack: {problem}")
    heads = {name: (tensors[f"head.{name}.weight"], tensors[f"head.{name}.bias"])
             for name in sorted(manifest["heads"])}
    encoder = {name: values for name, values in tensors.items() if not name.startswith("head.")}
    return Pack(directory, config, manifest, encoder, heads)


def stored_tensors(path: pathlib.Path) -> dict[str, np.ndarray]:
    """Tensors of a .safetensors file as they lie there."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        if entry["dtype"] not in DTYPES:
            raise ValueError(f"tensor {name} has the element type {entry['dtype']}")
        values = np.frombuffer(data[8 + length + start:8 + length + end], DTYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def floats(stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same as f32, with quantised tensors expanded under their own name."""
    tensors = {}
    for name, values in stored.items():
        if name.endswith(".q4"):
            tensors[name.removesuffix(".q4")] = expand_q4(values, stored[f"{name}_scale"])
        elif name.endswith(".q8"):
            scales = stored[f"{name}_scale"]
            tensors[name.removesuffix(".q8")] = values.astype(np.float32) * scales[:, None]
        elif not name.endswith("_scale"):
            tensors[name] = values.astype(np.float32)
    return tensors


def expand_q4(packed: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """`w = (nibble - 8) * scale`; the even column in the low nibble, a scale for 32 columns."""
    nibbles = np.stack([packed & 15, packed >> 4], axis=-1).reshape(packed.shape[0], -1)
    spread = np.repeat(scales.astype(np.float32), Q4_GROUP, axis=1)
    return (nibbles.astype(np.float32) - 8) * spread


def tokenizer_of(directory: pathlib.Path) -> Tokenizer:
    """The pack's tokenizer: long texts are cut, nothing is padded."""
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def as_read(prefix: str, text: str) -> str:
    """What the tokenizer is given: the pack's prefix, shouted texts in small letters."""
    text = text[:MAX_CHARS]
    capital = sum(letter.isupper() for letter in text)
    small = sum(letter.islower() for letter in text)
    shouted = capital >= SHOUTED_LETTERS and capital >= 4 * small
    return prefix + (text.lower() if shouted else text)


def rows(path: pathlib.Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file of labelled messages; each has a `text`."""
    try:
        with open(path, encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as problem:
        fail(f"{path} cannot be read: {problem}")
    if not found or not all(isinstance(row.get("text"), str) for row in found):
        fail(f"{path} has no rows, or rows without a text.")
    return found


def messages(path: pathlib.Path) -> list[str]:
    """The texts of a JSONL file."""
    return [row["text"] for row in rows(path)]
