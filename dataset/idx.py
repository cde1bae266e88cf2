"""IDX, the format of the MNIST files: a magic number, the size of each dimension, then the bytes.

    00 00 08 03  00 00 ea 60  00 00 00 1c  00 00 00 1c  pixel pixel pixel ...
    3 dimensions      60,000           28           28  (08: of unsigned bytes)

A downloaded file may turn out to be a web page, half of the file, or another data set. So nothing
is guessed: gzip's checksum must be right, and there must be exactly as many bytes as the header
says.
"""

import hashlib
import math
import struct
import zlib
from os import PathLike

import numpy as np

from dlscratch.storage.files import DataError, open_regular

LARGEST = 64 * 2**20  # bytes, unpacked or not; MNIST's largest file unpacks to 47 million
HINT = "restore the file (`git checkout dataset`), or install dlscratch again"


def read_examples(
    images_path: str | PathLike[str], labels_path: str | PathLike[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Read images, (N, height, width) uint8, and their labels 0 to 9, (N,) uint8.

    DataError if a file is missing, damaged or not IDX, or if there is not one label per image.
    """
    images = read_idx(images_path, dimensions=3)
    labels = read_idx(labels_path, dimensions=1)
    if len(images) != len(labels):
        raise DataError(
            f"{labels_path}: has {len(labels)} labels for the {len(images)} images of "
            f"{images_path}; {HINT}"
        )
    if labels.max() > 9:
        raise DataError(f"{labels_path}: has the label {labels.max()}, expected 0 to 9; {HINT}")
    return images, labels


def read_idx(path: str | PathLike[str], dimensions: int) -> np.ndarray:
    """Read a gzipped IDX file of unsigned bytes as an array with that many dimensions."""
    content = _unpack(path)
    magic = bytes([0, 0, 8, dimensions])
    start = len(magic) + 4 * dimensions
    if content[:4] != magic:
        raise DataError(
            f"{path}: starts with {content[:4]!r}, expected {magic!r}, the magic number of IDX "
            f"with {dimensions} dimensions; {HINT}"
        )
    if len(content) < start:
        raise DataError(f"{path}: ends within its header; {HINT}")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape) or 0 in shape:
        raise DataError(
            f"{path}: says that it holds {shape} bytes, but holds {len(content) - start}; {HINT}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()  # copy: writable


def checksum(array: np.ndarray) -> str:
    """The SHA-256 of the unpacked IDX file that would hold `array`, an array of uint8.

    >>> checksum(np.array([7, 2, 1], np.uint8))[:16]
    'e10ef6244367a3de'
    """
    digest = hashlib.sha256(bytes([0, 0, 8, array.ndim]))
    digest.update(struct.pack(f">{array.ndim}I", *array.shape))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _unpack(path: str | PathLike[str]) -> bytes:
    """The content of a gzip file; DataError if it is damaged or larger than LARGEST bytes."""
    with open_regular(path, HINT) as file:
        packed = file.read(LARGEST + 1)
    inflate = zlib.decompressobj(wbits=31)  # 31: gzip's header and checksum around the data
    try:
        content = inflate.decompress(packed, LARGEST + 1)
    except zlib.error as error:
        raise DataError(f"{path}: not a gzip file, or damaged ({error}); {HINT}") from error
    if len(content) > LARGEST:
        raise DataError(f"{path}: unpacks to more than {LARGEST} bytes; {HINT}")
    if not inflate.eof:
        raise DataError(f"{path}: ends too early; {HINT}")
    if inflate.unused_data:
        raise DataError(f"{path}: goes on after its end; {HINT}")
    return content
