"""Alternatives of PyTorch users: eager, torch.compile, and kernels of installed libraries.

Each computes in f32 from the logits' own dtype. A contender with fewer outputs than the case's contract has a contract of its
own and is not compared with the others.
"""

from contender import Contender


def token_statistics(torch, logits, w):
    logprobs = torch.log_softmax(logits.float(), dim=-1)
    logprob = logprobs.gather(-1, w.targets.long().unsqueeze(-1)).squeeze(-1)
    return {"logprob": logprob, "entropy": -(logprobs.exp() * logprobs).sum(dim=-1)}


def log_softmax(torch, logits, _):
    return {"logprobs": torch.log_softmax(logits.float(), dim=-1).to(logits.dtype)}


def entropy(torch, logits, _):
    logprobs = torch.log_softmax(logits.float(), dim=-1)
    return {"entropy": -(logprobs.exp() * logprobs).sum(dim=-1)}


def policy_loss(torch, logits, w):
    """PPO's clipped surrogate with an entropy bonus, for each row."""
    outputs = token_statistics(torch, logits, w)
    ratio = (outputs["logprob"] - w.old_logprob).exp()
    clipped = ratio.clamp(1 - w.clip_low, 1 + w.clip_high)
    surrogate = -torch.minimum(ratio * w.advantage, clipped * w.advantage)
    return {"loss": w.weight * (surrogate - w.entropy_coefficient * outputs["entropy"]), **outputs}


FORWARD = {"token_statistics": token_statistics, "log_softmax": log_softmax, "entropy": entropy}


class TorchContender(Contender):
    """A function of logits and workload that returns its outputs by name."""

    def __init__(self, workload, variant, impl, function, contract=""):
        self.contract = contract
        super().__init__(workload, variant, impl)
        self._torch = workload.memory.torch
        self._function = function
        self._next = 0
        self._results = {}

    def poison(self):
        self._results = {}

    def launch(self):
        self._results = {}  # their memory is free again before the next are made
        self._results = self._function(self.workload.logits[self._next], self.workload)
        self._next = (self._next + 1) % self.workload.count

    def time(self, launches):
        torch = self._torch
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        torch.cuda.synchronize()
        torch.cuda._sleep(20_000 + 20_000 * min(launches, 100))  # holds the GPU until all is queued
        begin.record()
        for _ in range(launches):
            self.launch()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) * 1e6

    def outputs(self):
        return self._results

    def close(self):
        self._results = {}


def _with_gradient(torch, loss_of):
    def function(logits, w):
        leaf = logits.detach().requires_grad_()
        outputs = loss_of(leaf, w)
        (gradient,) = torch.autograd.grad(outputs["loss"].sum(), leaf)
        return {name: value.detach() for name, value in outputs.items()} | {"gradient": gradient}

    return function


def _eager(torch, operation):
    if operation == "policy_gradient":
        return _with_gradient(torch, lambda logits, w: policy_loss(torch, logits, w))
    return lambda logits, w: FORWARD[operation](torch, logits, w)


def _compiled(torch, operation):
    options = {"mode": "max-autotune-no-cudagraphs", "dynamic": False}
    if operation == "policy_gradient":
        compiled = torch.compile(lambda logits, w: policy_loss(torch, logits, w), **options)
        return _with_gradient(torch, compiled)
    return torch.compile(lambda logits, w: FORWARD[operation](torch, logits, w), **options)


def _trl(torch, operation):
    from trl.trainer.utils import entropy_from_logits, selective_log_softmax

    if operation != "token_statistics":
        return None
    return lambda logits, w: {
        "logprob": selective_log_softmax(logits, w.targets.long()).float(),
        "entropy": entropy_from_logits(logits).float(),
    }


def _quack(torch, operation):
    from quack.cross_entropy import cross_entropy_fwd

    if operation != "token_statistics":
        return None

    def function(logits, w):
        result = cross_entropy_fwd(logits, w.targets)
        loss = result[0] if isinstance(result, tuple) else result
        return {"logprob": -loss.float()}

    return function


def _liger(torch, operation):
    from liger_kernel.ops.grpo_loss import fused_selective_log_softmax

    if operation != "token_statistics":
        return None

    def function(logits, w):
        rows, vocab = logits.shape
        # It takes a sequence with one position more, whose logits it does not read.
        sequence = logits.as_strided((1, rows + 1, vocab), ((rows + 1) * vocab, vocab, 1))
        return {"logprob": fused_selective_log_softmax(sequence, w.targets.unsqueeze(0), temperature=1.0).squeeze(0)}

    return function


# Variant, implementation, what makes its function (None: not for this operation), contract where it differs.
PEERS = (
    ("torch-eager", "torch_eager", _eager, {}),
    ("torch-compile", "torch_compile", _compiled, {}),
    ("trl", "trl", _trl, {}),
    ("quack", "quack", _quack, {"token_statistics": "logprob"}),
    ("liger", "liger", _liger, {"token_statistics": "logprob"}),
)


def contenders(workload, skipped):
    """The importable contenders of the operation; `skipped` receives the name and the reason of each of the others."""
    torch = workload.memory.torch
    found = []
    for variant, impl, make, contracts in PEERS:
        if workload.operation not in ("policy_gradient", *FORWARD):
            skipped(variant, "no implementation of " + workload.operation)
            continue
        try:
            function = make(torch, workload.operation)
        except (ImportError, AttributeError, OSError) as e:
            skipped(variant, f"{type(e).__name__}: {e}")
            continue
        if function is None:
            skipped(variant, "no implementation of " + workload.operation)
        else:
            contract = contracts.get(workload.operation, "")
            found.append(TorchContender(workload, variant, impl, function, contract))
    return found
