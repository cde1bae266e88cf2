"""Files are written whole or not at all, and a pickle can do nothing but be read."""

import io
import os
import pickle
import stat
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlscratch import Network
from dlscratch.storage.files import DataError, atomic_write, load_pickle, sweep

PICKLES = sorted((Path(__file__).parent / "pickles").glob("*.pkl"))
WEIGHTS = {"W1": np.arange(6, dtype=np.float32).reshape(2, 3), "b1": np.zeros(2), "epoch": 3}


def loads(data):
    """load_pickle of bytes."""
    return load_pickle(io.BytesIO(data))


class Call:
    """What pickles as a call of `function`, with `state` handed to the result."""

    def __init__(self, function, *arguments, state=None):
        self.parts = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.parts


# ---- atomic_write


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_appears_when_it_is_complete_and_alone(tmp_path, kind):
    path = tmp_path / "weights.npz"
    with atomic_write(kind(path)) as file:
        file.write(b"half, ")
        assert not path.exists()
        file.write(b"whole")
    assert path.read_bytes() == b"half, whole"
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "weights.npz"
    with atomic_write(path) as one, atomic_write(path) as other:
        one.write(b"one")
        other.write(b"another")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"old")
    with pytest.raises(error), atomic_write(path) as file:
        file.write(b"ne")
        raise error
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_that_dies_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"old")
    code = (
        "import os, sys; from dlscratch.storage.files import atomic_write\n"
        "with atomic_write(sys.argv[1]) as file: file.write(b'ne'); file.flush(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, path])
    assert path.read_bytes() == b"old"


def test_arrays_can_be_saved_through_it(tmp_path):
    with atomic_write(tmp_path / "weights.npz") as file:
        np.savez(file, **WEIGHTS)
    with np.load(tmp_path / "weights.npz") as saved:
        assert np.array_equal(saved["W1"], WEIGHTS["W1"])


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_a_folder_that_cannot_be_written_is_an_oserror(tmp_path, folder):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError), atomic_write(tmp_path / folder / "weights.npz"):
        pass


def test_a_written_file_has_the_same_permissions_as_any_other(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with atomic_write(tmp_path / "atomic"):
        pass
    plain, atomic = (stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("plain", "atomic"))
    assert atomic == plain


# ---- load_pickle: what it reads

NUMBERS = st.booleans() | st.integers() | st.floats(allow_nan=False)
PLAIN = st.recursive(
    NUMBERS | st.none() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN, st.sampled_from([3, 4, 5]))
def test_plain_data_comes_back_equal(value, protocol):
    assert loads(pickle.dumps(value, protocol)) == value


ARRAYS = [
    np.arange(6, dtype=dtype).reshape(2, 3)
    for dtype in ("u1", "i8", ">i4", "f2", "f4", "f8", ">f8", "c16")
]
ARRAYS += [np.array([True, False]), np.array(3.0), np.zeros((0, 3)), np.arange(5000.0)]
ARRAYS += [np.asfortranarray(ARRAYS[0]), ARRAYS[0][:, ::2], np.broadcast_to(1.5, (2, 2))]
ARRAYS[0].flags.writeable = False


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype.str}{a.shape}")
def test_arrays_come_back_equal_and_writable(array, protocol):
    read = loads(pickle.dumps({"W1": array}, protocol))["W1"]
    assert type(read) is np.ndarray
    assert read.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
    assert read.shape == array.shape and np.array_equal(read, array)
    read += read.dtype.type(1)
    assert np.array_equal(read, array + array.dtype.type(1))


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_numpy_scalars_come_back(protocol):
    lr = loads(pickle.dumps(np.float32(0.1), protocol))
    assert type(lr) is np.float32 and lr == np.float32(0.1)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_an_array_under_two_names_stays_one_array(protocol):
    one, other = loads(pickle.dumps([WEIGHTS["W1"]] * 2, protocol))
    assert one is other


@pytest.mark.parametrize("path", PICKLES, ids=lambda path: path.stem)
def test_files_of_an_old_and_a_new_numpy_are_read(path):
    weights = load_pickle(path)
    assert list(weights) == ["W1", "b1", "lr"]
    assert np.array_equal(weights["W1"], np.float32([[1, 2, 3], [4, 5, 6]]))
    assert weights["W1"].dtype == np.float32
    assert np.array_equal(weights["b1"], [0.5, -1.0])
    assert weights["lr"] == 0.1


def test_the_stored_pickles_are_those_of_numpy_1_and_numpy_2():
    assert [path.stem for path in PICKLES] == [
        f"numpy{major}_protocol{protocol}" for major in (1, 2) for protocol in (3, 5)
    ]
    for path in PICKLES:
        assert (b"numpy._core" in path.read_bytes()) == path.stem.startswith("numpy2")


# ---- load_pickle: what it refuses


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"sample_weight\.pkl: no such file"):
        load_pickle(tmp_path / "sample_weight.pkl")


def test_an_open_file_is_named(tmp_path):
    (tmp_path / "sample_weight.pkl").write_bytes(b"nonsense")
    with open(tmp_path / "sample_weight.pkl", "rb") as file:
        with pytest.raises(DataError, match=r"sample_weight\.pkl: .*download it again"):
            load_pickle(file)


def test_another_file_than_expected_says_what_it_holds(tmp_path):
    """Readers take mnist.pkl for sample_weight.pkl, and meet KeyError: 'W1'."""
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps({"train_img": np.zeros(3), "train_label": np.zeros(3)}))
    with pytest.raises(
        DataError, match=r"mnist\.pkl: holds train_img, train_label; expected W1, b1; is it"
    ):
        load_pickle(path, expected=["W1", "b1"])
    path.write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(DataError, match=r"holds a list; expected W1"):
        load_pickle(path, expected=["W1"])
    path.write_bytes(pickle.dumps(WEIGHTS))
    assert load_pickle(path, expected=["W1", "b1"])["epoch"] == 3


def hostile(path):
    """Pickles of many kinds, each of which makes `path` if anything executes it."""
    command = f"open({str(path)!r}, 'w')"
    text = command.encode()
    made = Call(open, str(path), "w")
    yield "a call", pickle.dumps(made)
    yield "eval", pickle.dumps(Call(eval, command))
    yield "exec", pickle.dumps(Call(exec, command))
    yield "a shell", pickle.dumps(Call(os.system, f"touch {str(path)!r}"))
    yield "a process", pickle.dumps(Call(subprocess.Popen, ["touch", str(path)]))
    yield "among arrays", pickle.dumps({**WEIGHTS, "b2": made})
    yield "inside an object array", pickle.dumps(np.array([made], object))
    yield "as a dict's state", pickle.dumps(Call(dict, state={"x": made}))
    yield "the oldest protocol", pickle.dumps(Call(eval, command), 0)
    yield "INST", b"(V" + text + b"\nibuiltins\neval\n."
    yield "OBJ", b"(cbuiltins\neval\nV" + text + b"\no."
    yield "NEWOBJ", b"\x80\x02cbuiltins\neval\nV" + text + b"\n\x85\x81."
    yield "a module above NumPy's", b"cnumpy.core.multiarray\nos.system\n(Vtouch " + bytes(path)
    yield "an extension", b"\x80\x02\x82\x01."
    yield "a name from outside", b"Vwho\nQ."


def test_hostile_pickles_are_hostile(tmp_path):
    """The test below would prove nothing if `pickle.loads` did not execute them either."""
    (name, data), *_ = hostile(tmp_path / "executed")
    pickle.loads(data).close()
    assert name == "a call" and (tmp_path / "executed").exists()


@pytest.mark.parametrize("kind", [name for name, _ in hostile(Path("unused"))])
def test_a_hostile_pickle_is_refused_and_never_executed(kind, tmp_path):
    data = dict(hostile(tmp_path / "executed"))[kind]
    with pytest.raises(DataError):
        loads(data)
    assert not (tmp_path / "executed").exists()


def test_the_forbidden_name_is_said():
    with pytest.raises(DataError, match=r"asks for builtins\.eval, .*nothing was executed"):
        loads(pickle.dumps(Call(eval, "1")))
    with pytest.raises(DataError, match=r"asks for dlscratch\.storage\.files\.DataError"):
        loads(pickle.dumps(DataError))


DTYPE = np.dtype("f4")


@pytest.mark.parametrize(
    "value", [np.ndarray, DTYPE, {"W1": DTYPE}, [DTYPE], [(1, (DTYPE,))], {1, 2}], ids=str
)
def test_what_is_no_data_is_refused(value):
    with pytest.raises(DataError):
        loads(pickle.dumps(value))


@pytest.mark.parametrize("array", [np.array([None]), np.array(["W1"]), np.zeros(2, "f4,i4")])
@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_an_array_of_anything_but_numbers_is_refused(array, protocol):
    with pytest.raises(DataError):
        loads(pickle.dumps(array, protocol))


RECONSTRUCT = np.zeros(1).__reduce__()[0]


def forged(dtype, shape, raw):
    """A pickle of an array with this state."""
    return pickle.dumps(
        Call(RECONSTRUCT, np.ndarray, (0,), b"b", state=(1, shape, dtype, False, raw))
    )


def test_bytes_cannot_be_passed_off_as_pointers():
    """pickle.Unpickler with the usual list of allowed names dies of this one."""
    objects = Call(np.dtype, "O8", False, True, state=(3, "|", None, None, None, -1, -1, 63))
    fields = (3, "|", None, ("a",), {"a": (objects, 0)}, 8, 1, 0)
    record = Call(np.dtype, "V8", False, True, state=fields)
    with pytest.raises(DataError, match="dtype"):
        loads(forged(record, (1,), struct.pack("<Q", 0x4141414141)))


@pytest.mark.parametrize("shape", [(3,), (-1, -2), (2**62, 4), (1, 2.0), "2", (0, 2**70)])
def test_an_array_has_exactly_the_numbers_that_its_shape_says(shape):
    raw = b"" if shape == (0, 2**70) else bytes(16)
    with pytest.raises(DataError):
        loads(forged(np.dtype("f8"), shape, raw))


@pytest.mark.parametrize("raw", [[0] * 16, np.zeros(16), "0" * 16, 16])
def test_the_numbers_of_an_array_are_made_of_bytes_only(raw):
    with pytest.raises(DataError):
        loads(forged(np.dtype("f8"), (2,), raw))


@pytest.mark.parametrize(
    "program", [b"N\x86.", b"NN(\x86t\x86.", b"}(\x8c\1au.", b"NN.", b".", b"t.", b"h\1."]
)
def test_a_program_that_takes_what_it_has_not_got_is_refused(program):
    with pytest.raises(DataError):
        loads(program)


def test_a_program_that_never_ends_is_stopped():
    with pytest.raises(DataError, match="over 300,000 values"):
        loads(b")" * 2_000_000 + b".")


def test_a_key_nested_deeper_than_the_stack_is_refused():
    """Python's own hash of such a tuple overflows the stack and kills the process."""
    with pytest.raises(DataError, match="keys"):
        loads(b"})" + b"\x85" * 90_000 + b"Ns.")


def bombs():
    """Small files that would take gigabytes, or crash, if they were believed."""
    from_buffer = np.zeros(1).__reduce_ex__(5)[0]
    shared = bytes(100_000)
    again = [Call(from_buffer, shared, np.dtype("u1"), (100_000,), "C") for _ in range(10_000)]
    yield "one buffer for 10,000 arrays", pickle.dumps(again)
    yield "an array that the file does not hold", pickle.dumps(Call(np.ndarray, (2**28,)))
    yield "a memo with 2**31 entries", b"\x80\x04Nr" + struct.pack("<I", 2**31) + b"."
    yield "an int of 200,000 digits", b"I" + b"9" * 200_000 + b"\n."
    for name, step in [
        ("string", b"\x8d"),
        ("bytes", b"\x8e"),
        ("bytearray", b"\x96"),
        ("frame", b"\x95"),
    ]:
        yield f"a {name} of 2**60 bytes", b"\x80\x05" + step + struct.pack("<Q", 2**60) + b"N."


@pytest.mark.parametrize("kind", [name for name, _ in bombs()])
def test_a_small_file_takes_little_memory(kind):
    data = dict(bombs())[kind]
    tracemalloc.start()
    try:
        loads(data)
    except DataError:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000


# ---- load_pickle: damage


def load_or_refuse(data):
    """What a damaged file may do: be data, or a DataError. Any other exception fails the test."""
    try:
        value = loads(data)
    except DataError as error:
        assert str(error).startswith("the pickle: ")
        return None
    pickle.dumps(value)  # it can be walked from end to end: no array points outside of itself
    return value


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_every_flipped_bit_is_refused_or_still_data(protocol):
    data = pickle.dumps(WEIGHTS, protocol)
    for bit in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        load_or_refuse(bytes(damaged))


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_every_truncated_pickle_is_refused(protocol):
    data = pickle.dumps(WEIGHTS, protocol)
    for length in range(len(data)):
        with pytest.raises(DataError):
            loads(data[:length])


@given(st.binary())
@example(b"<!DOCTYPE html><title>404 Not Found</title>")
@example(b"c\\y\n\n.")
def test_garbage_is_refused_or_still_data(data):
    load_or_refuse(data)


SAMPLES = [pickle.dumps(WEIGHTS, protocol) for protocol in (3, 4, 5)]


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 150), st.binary(max_size=3))))
def test_a_pickle_with_other_bytes_put_in_is_refused_or_still_data(data, changes):
    for place, new in changes:
        data = data[:place] + new + data[place + len(new) :]
    load_or_refuse(data)


# ---- what is no file, and what is left of one


@pytest.mark.parametrize("read", [load_pickle, Network([]).load], ids=["pickle", "network"])
def test_what_is_no_file_is_refused_and_nobody_waits(read, tmp_path):
    """A FIFO waits for whoever writes to it; /dev/zero never ends."""
    os.mkfifo(tmp_path / "fifo")
    for path, fault in [
        (tmp_path / "fifo", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        (tmp_path, "Is a directory"),
        ("nul\0in it", "null"),
        (tmp_path / "nothing", "no such file"),
        (tmp_path / ("long" * 100), "File name too long"),
    ]:
        with pytest.raises(DataError, match=fault):
            read(path)


def test_a_message_is_one_line_of_printable_characters(tmp_path):
    """Else a file could clear the terminal and write there what it likes."""
    evil = "\x1b[2J\r\nyou are hacked\u202e\x9b"
    (tmp_path / "w.pkl").write_bytes(pickle.dumps({evil: 1}))
    np.savez(tmp_path / "w.npz", **{evil: np.ones(1)})
    for read, path in [
        (lambda path: load_pickle(path, ["W1"]), tmp_path / "w.pkl"),
        (Network([]).load, tmp_path / "w.npz"),
        (load_pickle, tmp_path / evil),
    ]:
        with pytest.raises(DataError) as caught:
            read(path)
        assert str(caught.value).isprintable() and "you are hacked" in str(caught.value)


def test_a_message_keeps_the_letters_of_every_language():
    assert str(DataError("Gewichte für 数字.npz")) == "Gewichte für 数字.npz"


def left_by_a_killed_process(path):
    """Let a process die while it writes to path; what it leaves in the folder."""
    code = (
        "import os, sys; from dlscratch.storage.files import atomic_write\n"
        "with atomic_write(sys.argv[1]) as file: file.write(b'ne'); file.flush(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, path])
    return [found.name for found in path.parent.iterdir()]


def test_what_a_killed_process_left_is_swept_by_the_next_one(tmp_path):
    path = tmp_path / "weights[1].npz"
    assert len(left_by_a_killed_process(path)) == 1
    with atomic_write(path) as file:
        file.write(b"whole")
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_files_that_look_alike_are_not_swept(tmp_path):
    names = {"w.npz.tmp", "w.npz.0123456789abcdef.tmp.npz", "v.npz.0123456789abcdef.tmp"}
    for name in names:
        (tmp_path / name).write_bytes(b"mine")
    sweep(tmp_path / "w.npz")
    assert {found.name for found in tmp_path.iterdir()} == names


def test_sweeping_spares_what_is_still_being_written(tmp_path):
    with atomic_write(tmp_path / "w.npz") as file:
        sweep(tmp_path / "w.npz")
        file.write(b"whole")
    assert (tmp_path / "w.npz").read_bytes() == b"whole"


def test_a_missing_folder_is_named_not_the_file_that_would_have_been_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no such folder: '.*missing'$"):
        Network([]).save(tmp_path / "missing" / "net.npz")
