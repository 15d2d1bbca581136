"""How is an exported model run? What all programs that use onnxruntime share; nothing of torch."""

import pathlib

import numpy as np
import onnxruntime

Inputs = dict[str, np.ndarray]


def file_name(kind: str) -> str:
    """The file of a kind of model, `f32` or `int8`."""
    return "model.onnx" if kind == "f32" else "model-int8.onnx"


def session(path: pathlib.Path, threads: int) -> onnxruntime.InferenceSession:
    """A model ready to run on so many threads, the caller's own among them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def padded(sequences: list[list[int]]) -> Inputs:
    """Inputs of one batch of token ids."""
    ids = np.zeros((len(sequences), max(map(len, sequences))), np.int64)
    mask = np.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, :len(sequence)] = sequence
        mask[row, :len(sequence)] = 1
    return {"input_ids": ids, "attention_mask": mask}
