"""The machine that was measured: what it is, and the most that it can do."""

import os
import platform
import re
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dlscratch.workers import available_cores, one_blas_thread


def describe():
    """What a reader must know to place the numbers."""
    from threadpoolctl import threadpool_info

    keys = ("internal_api", "version", "num_threads")
    return {
        "processor": processor(),
        "cores": available_cores(),
        "system": f"{platform.system()} {platform.machine()}",
        # how many processes wanted a core during the last minute; Windows does not count
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": version("torch") if find_spec("torch") else None,
        "blas": [{key: pool.get(key) for key in keys} for pool in threadpool_info()],
    }


def processor():
    """The processor's name, and its vector instructions where Linux tells."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    name = re.search(r"model name\s*: (.*)", text)
    vectors = re.search("avx512f|avx2", text)
    return f"{name[1] if name else platform.machine()} {vectors[0] if vectors else ''}".rstrip()


def peaks(threads, quick=False):
    """The most that so many cores do together, each with arrays of its own.

    GF/s of float32 products of large squares; GB/s of copies from memory, read and written.
    """
    rng = np.random.default_rng(0)
    side, length = (512, 4_000_000) if quick else (1536, 32_000_000)
    squares = [rng.random((2, side, side), dtype=np.float32) for _ in range(threads)]
    pairs = [np.ones((2, length), np.float32) for _ in range(threads)]
    with one_blas_thread():
        products = rate(lambda pair: np.matmul(pair[0], pair[0], out=pair[1]), squares)
        copies = rate(lambda pair: np.copyto(pair[0], pair[1]), pairs)
    return {"GF/s": products * 2 * side**3 / 1e9, "GB/s": copies * pairs[0].nbytes / 1e9}


def rate(work, arrays, times=5, attempts=4):
    """How often a second `work` is done on the arrays, a thread for each; the best of a few."""

    def again(array):
        for _ in range(times):
            work(array)

    found = []
    with ThreadPoolExecutor(len(arrays)) as threads:
        for _ in range(attempts):
            start = time.perf_counter()
            list(threads.map(again, arrays))
            found.append(times * len(arrays) / (time.perf_counter() - start))
    return max(found)
