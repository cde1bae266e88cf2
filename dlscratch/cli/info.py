"""Show versions, the BLAS behind NumPy and its threads, the cache folder, and check the data.

    dlscratch info

Include this with a question. Exit code 1: MNIST or Fashion-MNIST cannot be read.
"""

import importlib.metadata
import os
import platform
import sys

PACKAGES = ("numpy", "matplotlib", "pillow", "tqdm", "threadpoolctl", "platformdirs", "optuna")


def options(parser):
    pass


def main(args):
    import dlscratch
    from dataset.cache import cache_folder

    print(f"dlscratch      {_version('dlscratch')} in {os.path.dirname(dlscratch.__file__)}")
    print(f"Python         {platform.python_version()} ({sys.executable})")
    print(f"system         {platform.platform()}, {os.cpu_count()} cores")
    for name in PACKAGES:
        print(f"{name:<15}{_version(name)}")
    for line in _blas():
        print(f"BLAS           {line}")
    print(f"cache folder   {cache_folder() or 'none'}")
    faults = _data_faults()
    for title, fault in faults.items():
        print(f"{title:<15}{fault or '60,000 + 10,000 images, as published'}")
    return 1 if any(faults.values()) else 0


def _version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _blas():
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return ["unknown without threadpoolctl"]
    found = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return [
        f"{p['internal_api']} {p['version']}, threads: {p['num_threads']} ({p.get('architecture')})"
        for p in found
    ] or ["unknown"]


def _data_faults():
    """What is wrong with each data set, "" if nothing is."""
    from dataset.fashion_mnist import load_fashion_mnist
    from dataset.mnist import load_mnist
    from dlscratch.storage.files import DataError

    faults = {}
    for title, load in (("MNIST", load_mnist), ("Fashion-MNIST", load_fashion_mnist)):
        try:
            load(normalize=False)
            faults[title] = ""
        except DataError as error:
            faults[title] = str(error)
    return faults
