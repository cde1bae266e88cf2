"""Run a script with several seeds, to see how much of its result is chance.

Each seed has its own process with one BLAS thread, and its own folder for figures, log and record;
dlscratch/book/spread.py compares the claims of all seeds.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlscratch.book.chapters import Script
from dlscratch.book.experiment import Claim
from dlscratch.book.reproduce import has_option, outcome_of, run_one
from dlscratch.book.runner import Runner

ONE_THREAD = dict.fromkeys(  # whichever BLAS NumPy was built with
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


def run_seeds(
    script: Script,
    argv: Sequence[str],
    out: Path,
    seeds: Sequence[int],
    *,
    processes: int,
    resume: bool = False,
) -> tuple[dict[int, list[Claim]], dict[int, str]]:
    """Run the script with each seed: ({seed: its claims}, {seed: why it failed}).

    argv: options of the script, without --seed. out: seed 3 writes below out/seed3. processes: how
    many run at a time. resume: skip finished seeds, and let the others continue if they can. Prints
    a line for each seed. Ctrl-C stops all running seeds, and is raised again.
    """
    stop, failed = threading.Event(), {}

    def train(seed: int, *argv: str) -> Any:
        folder = out / f"seed{seed}"
        words = ["--seed", str(seed), *argv]
        if reason := run_one(script, folder, words, resume, stop=stop, env=ONE_THREAD):
            raise RuntimeError(reason)
        return script.record(folder)

    def on_result(seed: int, record: Any) -> None:
        print(f"{script.name}, seed {seed}: {outcome_of(record)}", flush=True)

    def on_failure(seed: int, error: Exception) -> None:
        failed[seed] = str(error)
        print(f"{script.name}, seed {seed}: {error}", flush=True)

    if has_option(script, "--processes"):
        argv = [*argv, "--processes", "1"]  # the cores are for the seeds
    out.mkdir(parents=True, exist_ok=True)
    with Runner(
        train,
        out / f"{script.chapter}-{script.path.stem}-seeds.jsonl",
        processes=processes,
        resume=resume,
        threads=True,
        on_result=on_result,
        on_failure=on_failure,
    ) as runner:
        try:
            records = runner.run({seed: (seed, *argv) for seed in seeds})
        except BaseException:
            stop.set()  # the other threads wait for their processes
            raise
    claims = {seed: [Claim(**c) for c in record["claims"]] for seed, record in records.items()}
    return claims, failed
