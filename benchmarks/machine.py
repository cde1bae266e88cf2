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
        **{name: version(name) if find_spec(name) else None for name in ("torch", "jax")},
        "blas": [{key: pool.get(key) for key in keys} for pool in threadpool_info()],
    }


def processor():
    """The processor's name, and its vector instructions where Linux tells."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    name = re.search(r"model name\s*: (.*)", text)
    widest = max(re.findall("avx2|avx512f", text), default="", key=len)
    return f"{name[1] if name else platform.machine()} {widest}".rstrip()


def peak(threads, quick=False, attempts=4):
    """GF/s of float32 products of large squares, on so many cores together; the best of a few."""
    side, times = 512 if quick else 1536, 5
    squares = np.random.default_rng(0).random((threads, 2, side, side), dtype=np.float32)

    def products(pair):
        for _ in range(times):
            np.matmul(pair[0], pair[0], out=pair[1])

    found = []
    with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        for _ in range(attempts):
            start = time.perf_counter()
            list(pool.map(products, squares))
            found.append(time.perf_counter() - start)
    return times * threads * 2 * side**3 / min(found) / 1e9
