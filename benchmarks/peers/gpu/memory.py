"""Where inputs and outputs lie: on a GPU, as PyTorch's tensors, or in memory of this process, for tests without either."""

import ctypes
import struct
from array import array

from checks import Errors, larger

ELEMENT_BYTES = {"f32": 4, "bf16": 2, "f16": 2}
CACHE_FACTOR = 3  # copies of the logits are together so many times the last-level cache


def _floats(raw, dtype):
    """Half-precision bits as floats, for the host."""
    if dtype == "f32":
        return array("f", bytes(raw))
    if dtype == "f16":
        return array("f", (value for (value,) in struct.iter_unpack("<e", raw)))
    bits = array("I", (value << 16 for (value,) in struct.iter_unpack("<H", raw)))
    return array("f", bits.tobytes())


class HostMemory:
    """ctypes buffers, for the CPU device of libleash.so."""

    device = "cpu"
    last_level_cache_bytes = 1 << 20

    class Buffer:
        def __init__(self, size):
            self.bytes = ctypes.create_string_buffer(size + 64)
            self.size = size
            self.address = -(-ctypes.addressof(self.bytes) // 64) * 64

        def fill(self, value):
            ctypes.memset(self.address, value, self.size)

        def raw(self, begin=0, size=None):
            return ctypes.string_at(self.address + begin, self.size - begin if size is None else size)

    def repeat(self, tensor, rows):
        """The rows of a tensor, over and over until there are so many."""
        drawn = tensor.shape[0]
        size = len(tensor.data) // drawn
        buffer = self.Buffer(rows * size)
        source = bytes(tensor.data)
        for row in range(rows):
            first = row % drawn * size
            ctypes.memmove(buffer.address + row * size, source[first : first + size], size)
        return buffer

    def floats(self, rows):
        return self.Buffer(4 * rows)

    def like(self, buffer):
        return self.Buffer(buffer.size)

    def poison(self, buffer):
        buffer.fill(0xFF)

    def copy(self, to, source):
        ctypes.memmove(to.address, source.address, source.size)

    def address(self, buffer):
        return buffer.address

    def column(self, buffer):
        return array("f", buffer.raw())

    def row(self, buffer, row, vocab, dtype):
        size = vocab * ELEMENT_BYTES[dtype]
        return _floats(buffer.raw(row * size, size), dtype)

    def expected(self, reference, count):
        """The numbers of a reference, over and over until there are so many."""
        return [reference[i % len(reference)] for i in range(count)]

    def errors(self, values, expected, least_scale, tolerance):
        """Relative to the largest |expected|, or least_scale; to max(1, |expected|) each if that is None."""
        found = Errors(True, 0.0, 0.0, 0.0, len(values))
        largest = max(map(abs, expected), default=0.0)
        for value, reference in zip(values, expected):
            size = abs(value - reference)
            scale = max(1.0, abs(reference)) if least_scale is None else max(least_scale, largest)
            allowed = tolerance.bound * scale + max(tolerance.relative * abs(reference), tolerance.absolute)
            # A NaN compares false.
            if not size <= allowed:
                found.passed = False
            found.max_abs = larger(found.max_abs, size)
            found.max_rel = larger(found.max_rel, size / scale if scale > 0 else size)
            found.total += value - reference
        return found


class TorchMemory:
    """Tensors on a GPU. Needs PyTorch; imported here alone."""

    def __init__(self, ordinal=0):
        import torch

        self.torch = torch
        self.device = f"cuda:{ordinal}"
        torch.cuda.set_device(ordinal)
        properties = torch.cuda.get_device_properties(ordinal)
        self.name = properties.name
        self.last_level_cache_bytes = getattr(properties, "L2_cache_size", 0) or 64 << 20
        self._dtypes = {
            "F32": torch.float32, "F64": torch.float64, "I32": torch.int32,
            "BF16": torch.bfloat16, "F16": torch.float16,
        }

    def load(self, tensor):
        """A tensor of a file, on the GPU."""
        flat = self.torch.frombuffer(bytearray(tensor.data), dtype=self._dtypes[tensor.dtype])
        return flat.reshape(tensor.shape).to(self.device)

    def repeat(self, tensor, rows):
        """The rows of a tensor, over and over until there are so many, with room for another one behind."""
        loaded = self.load(tensor)
        out = self.torch.empty((rows + 1, *loaded.shape[1:]), dtype=loaded.dtype, device=self.device)[:rows]
        for first in range(0, rows, loaded.shape[0]):
            count = min(loaded.shape[0], rows - first)
            out[first : first + count] = loaded[:count]
        return out

    def floats(self, rows):
        return self.torch.empty(rows, dtype=self.torch.float32, device=self.device)

    def like(self, tensor):
        return self.torch.empty_like(tensor)

    def poison(self, tensor):
        tensor.fill_(float("nan"))

    def copy(self, to, source):
        to.copy_(source)

    def address(self, tensor):
        return tensor.data_ptr()

    def column(self, tensor):
        return tensor.detach()

    def row(self, tensor, row, vocab, dtype):
        return tensor[row].detach()

    def expected(self, reference, count):
        tensor = self.torch.frombuffer(bytearray(reference), dtype=self.torch.float64).to(self.device)
        return tensor.repeat(-(-count // len(tensor)))[:count]

    def errors(self, values, expected, least_scale, tolerance):
        difference = values.double() - expected
        size = difference.abs()
        scale = expected.abs().clamp(min=1.0) if least_scale is None else expected.abs().max().clamp(min=least_scale)
        allowed = tolerance.bound * scale + (tolerance.relative * expected.abs()).clamp(min=tolerance.absolute)
        relative = self.torch.where(scale > 0, size / scale, size)
        figures = self.torch.stack([size.max(), relative.max(), difference.sum()]).tolist()
        return Errors(bool((size <= allowed).all()), *figures, len(values))

    def synchronize(self):
        self.torch.cuda.synchronize()


def copies(memory, matrix_bytes, most=4096):
    """How many copies of the logits it takes for a launch to find none of its own in a cache."""
    return max(1, min(most, -(-CACHE_FACTOR * memory.last_level_cache_bytes // matrix_bytes)))
