"""Memory, and how time and memory grow: memory, scale. Each number from a process of its own."""

from benchmarks import contenders, one_process
from benchmarks.networks import SUBJECTS
from benchmarks.results import once
from benchmarks.timing import Measured

EVALUATION_MB = 300  # for 60,000 images, above the data
BATCHES = (1, 4, 16, 64, 100, 256, 1000, 4000)
WIDTHS = {"mlp": (25, 50, 100, 200, 400, 800), "simple": (8, 15, 30, 60, 120)}
DEPTHS = (1, 2, 4, 8, 16, 32)


def memory(results, effort, options):
    """The peak of training a batch of 100 above the import, and of evaluating 60,000 images."""
    for key in options.net:
        for kind in contenders.available(options.quick):
            found = ask(options, subject=key, contender=kind.name, seconds=0)
            if found["mb"] is not None:
                results.add("memory", key, kind.name, once(found["mb"]), "MB")
        if SUBJECTS[key].image != (784,):
            job = {"job": "evaluate", "subject": key, "workers": options.workers}
            found = one_process.ask(**job)
            name = f"{key}, 60,000 images read"
            if found["mb"] is not None:
                results.add("memory", name, "library", once(found["mb"]), "MB")
            results.add("memory", name, "library", once(found["seconds"][0]), "s")


def scale(results, effort, options):
    """Training with other batches, widths and depths: milliseconds a step, and peak memory."""
    jobs = [(f"{key} batch", key, {"batch": n}) for key in ("simple", "deep") for n in BATCHES]
    jobs += [(f"{key} width", key, {"width": n}) for key, sizes in WIDTHS.items() for n in sizes]
    jobs += [("mlp depth", "mlp", {"depth": n}) for n in DEPTHS]
    if options.quick:
        jobs = [job for job in jobs if set(job[2].values()) & {1, 16, 100}]
    for name, key, size in jobs:
        if key in options.net:
            found = ask(options, subject=key, contender="library", seconds=effort.seconds, **size)
            (n,) = size.values()
            taken = Measured.of(found["seconds"]).times(1000)
            results.add("scale", f"{name} {n}", "library", taken, "ms")
            if found["mb"] is not None:
                results.add("scale", f"{name} {n}", "library", once(found["mb"]), "MB")


def ask(options, **job):
    workers = options.workers if job["contender"] == "library" else None
    return one_process.ask(job="train", workers=workers, **job)
