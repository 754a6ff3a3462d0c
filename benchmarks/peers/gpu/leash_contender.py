"""Our kernels as contenders, launched through the C ABI on memory of the peers' process."""

import leashlib
from contender import Contender

COLUMNS = {
    "log_softmax": (),
    "entropy": ("entropy",),
    "token_statistics": ("logprob", "entropy"),
    "policy_gradient": ("loss", "logprob", "entropy"),
}
# LEASH_LOSS_PPO_CLIP with everything else off.
PLAIN_PPO = {
    "kind": 0,
    "kl": 0,
    "dual_clip": float("inf"),
    "shape_positive": 1.0,
    "shape_negative": 1.0,
    "rollout_cap": float("inf"),
    "kl_bound": float("inf"),
}
MATRIX = {"log_softmax": "logprobs", "policy_gradient": "gradient"}


class LeashContender(Contender):
    role = "candidate"

    def __init__(self, workload, device, name, variant):
        super().__init__(workload, "native-" + name, "c_cpu" if device.kind == leashlib.CPU else "cuda")
        case = workload.case
        self.bounds = (float(case["tol_columns"]), float(case["tol_matrix"]))
        self.least_scale = 0.0
        self._device = device
        self._columns = {name: workload.memory.floats(workload.rows) for name in COLUMNS[workload.operation]}
        self._matrix = MATRIX.get(workload.operation)
        self.inplace = self._matrix is not None
        self.most_launches = workload.count if self.inplace else 1 << 30
        self._overwritten = 0
        calls = [self._call(slot, variant) for slot in range(workload.count)]
        self._block = leashlib.Block(device, workload.operation, calls)

    def _call(self, slot, variant):
        w = self.workload
        address = w.memory.address
        call = leashlib.Struct(self._device.library, f"leash_{w.operation}_args")
        call.set("rows.temperature", 1.0).set("rows.variant", variant)
        self._set_matrix(call, "rows.logits", slot)
        for name, buffer in self._columns.items():
            call.set(name, address(buffer))
        if w.operation in ("token_statistics", "policy_gradient"):
            call.set("targets", address(w.targets))
        if self._matrix:
            self._set_matrix(call, self._matrix, slot)
        if w.operation == "policy_gradient":
            for name in ("advantage", "old_logprob", "weight"):
                call.set(name, address(getattr(w, name)))
            policy = PLAIN_PPO | {
                "clip_low": w.clip_low,
                "clip_high": w.clip_high,
                "entropy_coefficient": w.entropy_coefficient,
            }
            for name, value in policy.items():
                call.set("policy." + name, value)
        return call

    def _set_matrix(self, call, field, slot):
        w = self.workload
        call.set(f"{field}.data", w.memory.address(w.logits[slot]))
        call.set(f"{field}.rows", w.rows).set(f"{field}.vocab", w.vocab).set(f"{field}.row_stride", w.vocab)
        call.set(f"{field}.dtype", leashlib.DTYPES[w.dtype])

    def poison(self):
        for buffer in self._columns.values():
            self.workload.memory.poison(buffer)

    def launch(self):
        self.time(1)

    def time(self, launches):
        self._before()
        self._overwritten += launches
        return self._block.time(launches)

    def _before(self):
        """What PyTorch's stream still has to do to our memory comes first: our stream is another one."""
        synchronize = getattr(self.workload.memory, "synchronize", None)
        if synchronize:
            synchronize()

    def restore(self):
        if self.inplace:
            count = min(self._overwritten, self.workload.count)
            self.workload.restore((self._block.latest() - i) % self.workload.count for i in range(count))
        self._overwritten = 0

    def outputs(self):
        outputs = dict(self._columns)
        if self._matrix:
            outputs[self._matrix] = self.workload.logits[self._block.latest()]
        return outputs


def contenders(workload, device):
    """Every variant of the library that runs on the device; none of an operation that needs saved statistics."""
    if workload.operation not in COLUMNS:
        return []
    variants = device.library.variants(workload.operation, device.kind)
    return [LeashContender(workload, device, name, variant) for name, variant in variants.items()]
