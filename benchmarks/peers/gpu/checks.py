"""Compares outputs with the reference's, as `Expected` of leash-bench does.

Errors are relative to max(1, |reference|) in a column and to the row's largest |reference| in a matrix (for peers, to the
row's weight where that is larger); in half precision one rounding of the reference is allowed on top. Outputs are
compared in f64, where they are.
"""

from dataclasses import dataclass

ROUNDING = {"f32": (0.0, 0.0), "bf16": (2.0**-8, 0.0), "f16": (2.0**-11, 2.0**-25)}


@dataclass
class Errors:
    """Of some values. A NaN fails, and is the largest error."""

    passed: bool
    max_abs: float
    max_rel: float
    total: float
    count: int


@dataclass
class Tolerance:
    """bound * scale + max(relative * |reference|, absolute)."""

    bound: float
    relative: float
    absolute: float


@dataclass
class Check:
    output: str
    rows: int
    max_abs: float
    max_rel: float
    mean_signed: float
    tolerance: float
    passed: bool

    def reason(self):
        return f"{self.output}: largest error {self.max_rel:.2e}, tolerance {self.tolerance:.0e}, over {self.rows} rows"


def larger(a, b):
    """NaN if either is."""
    return a if not b > a and b == b else b


def _check(output, rows, bound, parts):
    found = Check(output, rows, 0.0, 0.0, 0.0, bound, True)
    count = 0
    for each in parts:
        found.passed &= each.passed
        found.max_abs = larger(found.max_abs, each.max_abs)
        found.max_rel = larger(found.max_rel, each.max_rel)
        found.mean_signed += each.total
        count += each.count
    found.mean_signed /= max(count, 1)
    return found


def column(name, memory, buffer, rows, reference, bound):
    """Row r against reference r modulo the number of drawn rows."""
    expected = memory.expected(reference, rows)
    return _check(name, rows, bound, [memory.errors(memory.column(buffer), expected, None, Tolerance(bound, 0.0, 0.0))])


def matrix(name, memory, rows, dtype, bound, least_scale):
    """`rows` are pairs of a row's values and its reference."""
    parts = []
    for values, reference in rows:
        if len(values) != len(reference):
            raise ValueError(f"{name}: a row of {len(values)} values, not {len(reference)}")
        expected = memory.expected(reference, len(values))
        parts.append(memory.errors(values, expected, least_scale, Tolerance(bound, *ROUNDING[dtype])))
    return _check(name, len(parts), bound, parts)
