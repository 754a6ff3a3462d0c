"""A case's inputs on a device, and its contenders.

A contender has `variant`, `impl`, `role`, `contract` and `inplace`; `poison()` invalidates its outputs, `launch()` computes once,
`time(launches)` gives the nanoseconds of some launches in a row, `restore()` restores the logits that launches have overwritten, and
`check()` compares what the latest launch computed with the reference. `most_launches` may follow each other before restore().
"""

import checks
import memory as placement


class Workload:
    """Copies of the logits, so that no launch finds its own in a cache, and columns shared by all launches."""

    def __init__(self, memory, case, tensors):
        self.memory = memory
        self.case = case
        self.tensors = tensors
        self.operation = case["op"]
        self.dtype = case["dtype_in"]
        self.rows = int(case["rows"])
        self.vocab = int(case["cols"])
        self.drawn = tensors["logits"].shape[0]
        self.matrix_bytes = self.rows * self.vocab * placement.ELEMENT_BYTES[self.dtype]
        self.count = placement.copies(memory, self.matrix_bytes)
        self.logits = [memory.repeat(tensors["logits"], self.rows) for _ in range(self.count)]
        self.targets = memory.repeat(tensors["targets"], self.rows)
        self.advantage = memory.repeat(tensors["advantage"], self.rows)
        self.old_logprob = memory.repeat(tensors["old_logprob"], self.rows)
        self.weight = memory.repeat(tensors["weight"], self.rows)
        self.clip_low = float(case["clip_low"])
        self.clip_high = float(case["clip_high"])
        self.entropy_coefficient = float(case["entropy_coefficient"])

    def restore(self, slots):
        for slot in slots:
            self.memory.copy(self.logits[slot], self.pristine())

    def pristine(self):
        """A copy that no launch overwrites."""
        if not hasattr(self, "_pristine"):
            self._pristine = self.memory.repeat(self.tensors["logits"], self.rows)
        return self._pristine

    def compare(self, outputs, bounds, least_scale):
        """Checks of all outputs by name: a buffer for each column, and for the matrix."""
        found = []
        for name, buffer in outputs.items():
            reference = self.tensors[name].values()
            if name in ("logprobs", "gradient"):
                rows = self._matrix_rows(buffer, reference)
                found.append(checks.matrix(name, self.memory, rows, self.dtype, bounds[1], least_scale))
            else:
                found.append(checks.column(name, self.memory, buffer, self.rows, reference, bounds[0]))
        return found

    def _matrix_rows(self, buffer, reference):
        """The rows that the reference has, in the first and in the last repetition."""
        for index, drawn_row in enumerate(self.tensors["matrix_rows"].values()):
            expected = reference[index * self.vocab : (index + 1) * self.vocab]
            repeated = [row for row in range(drawn_row, self.rows, self.drawn)]
            for row in sorted({repeated[0], repeated[-1]} if repeated else ()):
                yield self.memory.row(buffer, row, self.vocab, self.dtype), expected


class Contender:
    role = "peer"
    inplace = False
    contract = ""
    most_launches = 1 << 30

    def __init__(self, workload, variant, impl):
        self.workload = workload
        self.variant = variant
        self.impl = impl
        self.contract = self.contract or workload.case["contract"]
        self.bounds = (float(workload.case["peer_tol_columns"]), float(workload.case["peer_tol_matrix"]))
        self.least_scale = max(workload.tensors["weight"].values())
    def poison(self):
        pass

    def restore(self):
        pass

    def outputs(self):
        raise NotImplementedError

    def check(self):
        return self.workload.compare(self.outputs(), self.bounds, self.least_scale)

    def close(self):
        pass
