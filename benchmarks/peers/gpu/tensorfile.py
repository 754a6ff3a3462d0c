"""Reads files of the safetensors format that `leash-bench export` writes.

The length of a header in 8 bytes, the header in JSON, then the tensors, row-major and little-endian. Nothing is copied: a
tensor's data is a view of the mapped file.
"""

import json
import mmap
import struct
from dataclasses import dataclass

BYTES = {"BF16": 2, "F16": 2, "F32": 4, "F64": 8, "I32": 4}
MOST_HEADER_BYTES = 1 << 20


@dataclass(frozen=True)
class Tensor:
    dtype: str
    shape: tuple
    data: memoryview  # bytes

    def values(self):
        """All values, of a dtype that Python has: F32, F64 or I32."""
        return self.data.cast({"F32": "f", "F64": "d", "I32": "i"}[self.dtype])


def read(path):
    """The tensors of a file by name. Raises ValueError where the file is not what it says."""
    with open(path, "rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if len(mapped) < 8:
        raise ValueError(f"{path}: {len(mapped)} bytes are no tensor file")
    (length,) = struct.unpack("<Q", mapped[:8])
    if length > min(MOST_HEADER_BYTES, len(mapped) - 8):
        raise ValueError(f"{path}: a header of {length} bytes does not fit")
    begin = 8 + length
    tensors = {}
    for name, entry in json.loads(bytes(mapped[8:begin])).items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        size = BYTES[entry["dtype"]]
        for extent in entry["shape"]:
            size *= extent
        if not 0 <= first <= last <= len(mapped) - begin or last - first != size:
            raise ValueError(f"{path}: {name} of {size} bytes does not lie at {first} to {last}")
        tensors[name] = Tensor(entry["dtype"], tuple(entry["shape"]), mapped[begin + first : begin + last])
    return tensors
