"""Compares outputs with the reference's, as `Expected` of leash-bench does.

Errors are relative to max(1, |reference|) in a column and to the row's largest |reference| in a matrix (for peers, to the
row's weight where that is larger); in half precision one rounding of the reference is allowed on top.
"""

from dataclasses import dataclass

ROUNDING = {"f32": (0.0, 0.0), "bf16": (2.0**-8, 0.0), "f16": (2.0**-11, 2.0**-25)}


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


class _Errors:
    def __init__(self, dtype, bound):
        self.bound = bound
        self.relative, self.absolute = ROUNDING[dtype]
        self.max_abs = self.max_rel = self.sum = 0.0
        self.count = 0
        self.passed = True

    def add(self, value, reference, scale):
        error = value - reference
        size = abs(error)
        allowed = self.bound * scale + max(self.relative * abs(reference), self.absolute)
        # A NaN compares false: it fails, and stays the largest.
        if not size <= allowed:
            self.passed = False
        if not size <= self.max_abs:
            self.max_abs = size
        relative = size / scale if scale > 0 else size
        if not relative <= self.max_rel:
            self.max_rel = relative
        self.sum += error
        self.count += 1

    def check(self, output, rows):
        return Check(output, rows, self.max_abs, self.max_rel, self.sum / max(self.count, 1), self.bound, self.passed)


def column(name, values, reference, bound):
    """Row r against reference r modulo the number of drawn rows."""
    errors = _Errors("f32", bound)
    drawn = len(reference)
    for row, value in enumerate(values):
        expected = reference[row % drawn]
        errors.add(value, expected, max(1.0, abs(expected)))
    return errors.check(name, len(values))


def matrix(name, rows, dtype, bound, least_scale):
    """`rows` are pairs of a row's values and its reference."""
    errors = _Errors(dtype, bound)
    count = 0
    for values, reference in rows:
        count += 1
        if len(values) != len(reference):
            raise ValueError(f"{name}: a row of {len(values)} values, not {len(reference)}")
        scale = max(least_scale, max(abs(each) for each in reference))
        for value, expected in zip(values, reference):
            errors.add(value, expected, scale)
    return errors.check(name, count)
