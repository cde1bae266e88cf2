"""Memory, and how time and memory grow: memory, scale. Each number from a process of its own."""

from benchmarks import one_process
from benchmarks.contenders import available
from benchmarks.networks import SUBJECTS
from benchmarks.results import once
from benchmarks.timing import Measured

EVALUATION_MB = 300  # for 60,000 images, above the data
BATCHES = (1, 4, 16, 64, 100, 256, 1000, 4000)
WIDTHS = {"mlp": (25, 50, 100, 200, 400, 800), "simple": (8, 15, 30, 60, 120)}
DEPTHS = (1, 2, 4, 8, 16, 32)


def memory(results, effort, options):
    """The peak of training a batch of 100 above the import, and of evaluating 60,000 images."""
    kinds = available()[:1] if options.quick else available()
    for subject in map(SUBJECTS.get, options.net):
        for kind in kinds:
            found = ask(options, subject=subject.key, contender=kind.name, seconds=0)
            limit = subject.memory if kind.name == "library" else None
            if found["mb"] is not None:
                name = f"{subject.key}, training"
                results.add("memory", name, kind.name, once(found["mb"]), "MB", limit)
    if not options.quick:
        for subject in map(SUBJECTS.get, options.net):
            evaluation(results, subject.key, options)


def evaluation(results, key, options):
    found = one_process.ask(job="evaluate", subject=key, workers=options.workers)
    name = f"{key}, 60,000 images evaluated"
    if found["mb"] is not None:
        results.add("memory", name, "library", once(found["mb"]), "MB", EVALUATION_MB)
    results.add("memory", name, "library", Measured.of(found["seconds"]), "s")


def scale(results, effort, options):
    """Training with other batches, widths and depths: milliseconds a step, and peak memory."""
    for name, key, size in sizes():
        (n,) = size.values()
        if key in options.net and (n in (1, 100) or not options.quick):
            found = ask(options, subject=key, contender="library", seconds=effort.seconds, **size)
            taken = Measured.of(found["seconds"]).times(1000)
            results.add("scale", f"{name} {n}", "library", taken, "ms")
            if found["mb"] is not None:
                results.add("scale", f"{name} {n}", "library", once(found["mb"]), "MB")


def sizes():
    """("deep batch", "deep", {"batch": 4}) and so on, one for each point of a curve."""
    for key in SUBJECTS:
        yield from ((f"{key} batch", key, {"batch": n}) for n in BATCHES)
    for key, widths in WIDTHS.items():
        yield from ((f"{key} width", key, {"width": n}) for n in widths)
    yield from (("mlp depth", "mlp", {"depth": n}) for n in DEPTHS)


def ask(options, **job):
    workers = options.workers if job["contender"] == "library" else None
    return one_process.ask(job="train", workers=workers, **job)
