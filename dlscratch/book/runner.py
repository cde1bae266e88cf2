"""Many independent trainings, as many at a time as there are cores.

Each runs in its own process with one BLAS thread, which uses the cores better than threads that
share each batch. Each finished training is a line of JSON in a file: stopping the run loses only
the trainings in progress, and resume=True reads the others from the file. over_seeds trains inside
one script; dlscratch/book/seeds.py runs a whole script with several seeds.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from dlscratch.book.experiment import fingerprint, number
from dlscratch.book.loop import resume_option
from dlscratch.storage.files import atomic_write
from dlscratch.workers import available_cores, one_blas_thread


def runner_options(parser: Any) -> None:
    """Add --processes and --resume to the options of a script that trains with a `Runner`."""
    parser.add_argument(
        "--processes",
        type=number(int, at_least=1),
        default=available_cores(),
        help="trainings at a time (default: one per core)",
    )
    resume_option(parser)


class Runner:
    """Calls function(*arguments) for every job; use it in a `with` statement.

    function: defined in a module, or a functools.partial of such a function; its arguments are
    numbers and strings, its result can be written as JSON. path: the file of results, or None.
    processes: how many run at a time; 1 runs them in this process, one after the other.
    on_result(name, result): called after each job. resume: take results with the same arguments
    from the file. threads: use threads instead of processes, for a function that starts a process
    and waits for it. on_failure(name, error): called for a job that raises, while the others
    continue; without it, the first error ends the run.

    >>> import operator, tempfile
    >>> path = Path(tempfile.mkdtemp(), "products.jsonl")
    >>> with Runner(operator.mul, path, processes=1) as runner:
    ...     runner.run({"small": (2, 3), "large": (20, 30)})
    {'small': 6, 'large': 600}
    >>> path.read_text().splitlines()[0]
    '{"job": "small", "arguments": [2, 3], "result": 6}'
    """

    def __init__(
        self,
        function: Callable[..., Any],
        path: Path | None,
        *,
        processes: int,
        resume: bool = False,
        on_result: Callable[[Any, Any], None] | None = None,
        threads: bool = False,
        on_failure: Callable[[Any, Exception], None] | None = None,
    ):
        self.function = function if threads else partial(_on_one_thread, function)
        self.path = path
        self.on_failure = on_failure
        self.on_result = on_result or (lambda name, result: None)
        self.finished: dict[Any, Any] = {}
        self.known = _read(path) if path and resume and path.exists() else []
        if path:
            with atomic_write(path) as file:  # empty, or without a last line that was cut off
                file.writelines(map(_line, self.known))
        self.pool: Executor | None = None
        if processes > 1 and threads:
            self.pool = ThreadPoolExecutor(processes)
        elif processes > 1 and hasattr(sys.modules["__main__"], "__file__"):  # not in a notebook
            context = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(processes, context, _end_with_parent)

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def run(self, jobs: Mapping[Any, tuple[Any, ...]]) -> dict[Any, Any]:
        """Run the jobs {name: arguments}; return {name: result} in the same order.

        `finished` also has each result as soon as it is there, with those of earlier calls. Jobs
        that failed are in neither.
        """
        missing = {}
        for name, arguments in jobs.items():
            found = [line["result"] for line in self.known if _is(line, name, arguments)]
            if found:
                self._finish(name, found[0])
            else:
                missing[name] = arguments
        for name, result_of in self._results(missing):
            try:
                result = result_of()
            except Exception as error:
                if self.on_failure is None:
                    raise
                self.on_failure(name, error)
                continue
            if self.path:
                line = {"job": name, "arguments": missing[name], "result": result}
                with open(self.path, "ab") as file:
                    file.write(_line(line))
                    file.flush()
                    os.fsync(file.fileno())
            self._finish(name, json.loads(json.dumps(result)))  # as if read from the file
        return {name: self.finished[name] for name in jobs if name in self.finished}

    def _results(
        self, jobs: Mapping[Any, tuple[Any, ...]]
    ) -> Iterator[tuple[Any, Callable[[], Any]]]:
        """(name, a function that returns the result or raises) of each job, when it is finished."""
        if self.pool is None:
            for name, arguments in jobs.items():
                yield name, partial(self._here, *arguments)
            return
        shielded = isinstance(self.pool, ProcessPoolExecutor)  # threads start their own processes
        with _children_without_ctrl_c() if shielded else nullcontext():
            names = {
                self.pool.submit(self.function, *arguments): name
                for name, arguments in jobs.items()
            }
        for future in as_completed(names):
            yield names[future], future.result

    def _here(self, *arguments: Any) -> Any:
        """Run one job in this process; KeyboardInterrupt even if the job has caught Ctrl-C."""
        with _ctrl_c_noticed() as pressed:
            result = self.function(*arguments)
        if pressed:  # Trainer.fit caught it, ended early and returned
            raise KeyboardInterrupt
        return result

    def _finish(self, name: Any, result: Any) -> None:
        self.finished[name] = result
        self.on_result(name, result)


def over_seeds(
    args: Any,
    name: str,
    train: Callable[..., Any],
    kinds: Mapping[Any, tuple[Any, ...]],
    seeds: int,
    say: Callable[[Any], str],
) -> dict[Any, list[Any]]:
    """{kind: [train(*kinds[kind], seed) for `seeds` seeds, from args.seed on]}.

    Compare over several seeds: a single one may be lucky. args: the script's arguments, of which
    out, seed, quick, processes and resume are used. name: of the file of results. say(result): the
    text to print for each.
    """
    numbers = range(args.seed, args.seed + seeds)
    jobs = {f"{kind}, seed {n}": (*kinds[kind], n) for n in numbers for kind in kinds}
    with Runner(
        train,
        args.out / f"{name}-{fingerprint(args)}.jsonl",
        processes=1 if args.quick else args.processes,
        resume=args.resume,
        on_result=lambda job, result: print(f"{job}: {say(result)}", flush=True),
    ) as runner:
        results = runner.run(jobs)
    return {kind: [results[f"{kind}, seed {n}"] for n in numbers] for kind in kinds}


def _on_one_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    with one_blas_thread():
        return function(*arguments)


def _end_with_parent() -> None:
    """End this process when its parent ends, even if the parent was killed.

    Otherwise it would finish its training, and then wait forever for the next job.
    """
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _ctrl_c_noticed() -> Iterator[list[int]]:
    """A list that is not empty once Ctrl-C was pressed, even if something else has caught it."""
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def handler(number: int, frame: Any) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handler)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _children_without_ctrl_c() -> Iterator[None]:
    """Processes started within ignore Ctrl-C, which they inherit: only this process handles it."""
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ours)


def _line(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _is(line: Mapping[str, Any], name: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether a line of the file is the result of this job."""
    asked = json.loads(json.dumps([name, arguments]))  # tuples become lists, as in JSON
    return [line["job"], line["arguments"]] == asked


def _read(path: Path) -> list[dict[str, Any]]:
    """The lines of the file up to the first invalid one."""
    lines = []
    for text in path.read_bytes().splitlines():
        try:
            line = json.loads(text)
            lines.append({key: line[key] for key in ("job", "arguments", "result")})
        except (ValueError, KeyError, TypeError):
            break
    return lines
