"""This library's kernels through the C ABI of libleash.so, to be timed in one process with peers.

Struct offsets come from the library (leash_layout_get), so there is no second copy of them here.
"""

import ctypes
import struct

CPU, CUDA = 0, 1

# Constants of leash.h.
OPERATIONS = {"log_softmax": 0, "entropy": 1, "token_statistics": 2, "logits_gradient": 3, "policy_gradient": 4}
DTYPES = {"f32": 0, "bf16": 1, "f16": 2}


class LeashError(RuntimeError):
    pass


class _LayoutEntry(ctypes.Structure):
    _fields_ = [
        ("structure", ctypes.c_char_p),
        ("field", ctypes.c_char_p),
        ("offset", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("pointers", ctypes.c_uint64),
    ]


class Library:
    def __init__(self, path):
        self._c = ctypes.CDLL(path)
        self._c.leash_last_error.restype = ctypes.c_char_p
        self.layouts = {}
        for index in range(self._c.leash_layout_count()):
            entry = _LayoutEntry()
            self.check(self._c.leash_layout_get(index, ctypes.byref(entry)))
            fields = self.layouts.setdefault(entry.structure.decode(), {})
            fields[entry.field.decode()] = (entry.offset, entry.bytes)

    def check(self, status):
        if status != 0:
            raise LeashError(self._c.leash_last_error().decode())

    def call(self, name, *arguments):
        self.check(getattr(self._c, name)(*arguments))

    def variants(self, operation, kind):
        """Ids by name of the variants of an operation that run here."""
        found = {}
        for index in range(self._c.leash_variant_count()):
            variant = Struct(self, "leash_variant")
            self.call("leash_variant_get", index, variant.pointer())
            if (
                variant.get("operation") == OPERATIONS[operation]
                and variant.get("device_kind") == kind
                and variant.get("available") == 1
            ):
                found[ctypes.string_at(variant.get("name")).decode()] = index
        return found


# Which struct a nested field is.
NESTED = {
    "rows": "leash_rows",
    "logits": "leash_matrix",
    "logprobs": "leash_matrix",
    "gradient": "leash_matrix",
    "policy": "leash_policy_loss",
}


class Struct:
    """A C struct in memory of its own, zero at first, whose fields are set by path: "rows.logits.data"."""

    def __init__(self, library, name):
        self._layouts = library.layouts
        self._name = name
        size = self._layouts[name][""][1]
        self._bytes = ctypes.create_string_buffer(size)

    def pointer(self):
        return ctypes.c_void_p(ctypes.addressof(self._bytes))

    def set(self, path, value):
        """Sets an integer or, where the value is one, a float; pointers are integers."""
        offset, size = self._field(path)
        kind = {(float, 4): "<f", (float, 8): "<d", (int, 4): "<i", (int, 8): "<q"}[type(value), size]
        struct.pack_into(kind, self._bytes, offset, value)
        return self

    def get(self, path):
        """An integer or a pointer."""
        offset, size = self._field(path)
        return struct.unpack_from({4: "<i", 8: "<q"}[size], self._bytes, offset)[0]

    def double(self, path):
        offset, _ = self._field(path)
        return struct.unpack_from("<d", self._bytes, offset)[0]

    def _field(self, path):
        offset = 0
        owner = self._name
        *outer, last = path.split(".")
        for name in outer:
            offset += self._layouts[owner][name][0]
            owner = NESTED[name]
        begin, size = self._layouts[owner][last]
        return offset + begin, size


class Device:
    def __init__(self, library, kind, ordinal=0):
        self.library = library
        self.kind = kind
        self._handle = ctypes.c_void_p()
        library.call("leash_device_open", kind, ordinal, None, ctypes.byref(self._handle))

    def measure(self, block):
        self.library.call("leash_measure_block", self._handle, block.pointer())

    def close(self):
        self.library.call("leash_device_close", self._handle)


class Block:
    """Calls of one operation, launched in turn and timed by the device's own events."""

    def __init__(self, device, operation, calls):
        self._device = device
        self._calls = calls  # their memory
        self._pointers = (ctypes.c_void_p * len(calls))(*[call.pointer() for call in calls])
        self._struct = Struct(device.library, "leash_block")
        self._struct.set("operation", OPERATIONS[operation])
        self._struct.set("calls", ctypes.addressof(self._pointers)).set("count", len(calls))

    def next(self):
        """The call that comes next."""
        return self._struct.get("first")

    def latest(self):
        """The call that was launched last."""
        return (self.next() - 1) % len(self._calls)

    def time(self, launches):
        """Nanoseconds of so many launches; done when it returns."""
        self._struct.set("launches", launches)
        self._device.measure(self._struct)
        self._struct.set("first", (self.next() + launches) % len(self._calls))
        return self._struct.double("elapsed_ns")
