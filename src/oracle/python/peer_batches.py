"""Records what an installed trainer makes of random batches, for comparison with this library.

    python peer_batches.py trl|verl|trl-advantages|verl-advantages --out batches.jsonl.gz [--seeds 3] [--only PART]

writes a line per batch: configuration, responses, logits, log-probabilities, advantages, and the
loss and its gradient with respect to the logits, computed in double precision by the trainer's own
functions and PyTorch's autograd; or rewards, and the trainer's advantages. Then

    mvn -B test -pl native,src -Dnative.test.skip=true -Dtest=PeerLossesTest \
      -Dsurefire.failIfNoSpecifiedTests=false -Dleash.peers=$PWD/batches.jsonl.gz

compares them; advantages take -Dtest=PeerAdvantagesTest. A configuration that the installed release does not have, or calls differently, is
reported and left out. Needs PyTorch, numpy and the trainer.
"""

import argparse
import collections
import gzip
import json
import math
import random
import sys
import types

import numpy
import torch

VOCAB = 5
REGIMES = {"mild": 0.1, "wild": 1.5, "extreme": 12.0}


class Batch:
    """Responses of random lengths in groups, padded to the longest, with holes in the mask."""

    def __init__(self, regime, seed, case):
        draw = random.Random(f"{regime} {seed}")
        count, group = [(9, 3), (6, 3), (5, 5)][seed % 3]
        self.regime, self.seed = regime, seed
        self.groups = [i // group for i in range(count)]
        self.lengths = [draw.randint(1, 10) for _ in range(count)]
        self.max_length = max(self.lengths)
        kept = [[float(draw.random() < 0.8) for _ in range(n)] for n in self.lengths]
        for row in kept:
            row[0] = 1.0
        if "response empty" in case:
            self.lengths[1], kept[1] = 0, []
        if "group of 1" in case:
            self.groups[-1] += 1
        self.mask = self.padded(kept)
        shape = (count, self.max_length)
        noise = torch.Generator().manual_seed(draw.randrange(1 << 31))

        def normal(*size):
            return torch.randn(*size, generator=noise, dtype=torch.float64).float().double()

        self.logits = (2 * normal(*shape, VOCAB)).requires_grad_(True)
        self.tokens = torch.randint(VOCAB, shape, generator=noise)
        logprobs = torch.log_softmax(self.logits, -1)
        self.logprob = logprobs.gather(-1, self.tokens.unsqueeze(-1)).squeeze(-1)
        self.entropy = -(logprobs.exp() * logprobs).sum(-1)
        now = self.logprob.detach()
        scale = REGIMES[regime]
        self.old = (now + scale * normal(*shape)).float().double()
        self.reference = (now + scale * normal(*shape)).float().double()
        self.uses_rollout = False
        self.metrics = {}
        self.sampled = (self.old + 0.3 * scale * normal(*shape)).float().double()
        self.advantage = normal(count)
        self.outcome = normal(count) if seed % 2 else (normal(count) > 0).double()
        self.greedy = normal(count)
        self.values = normal(*shape)
        self.parts = torch.stack([(normal(count) > 0).double(), normal(count)])

    def padded(self, rows):
        wide = [row + [0.0] * (self.max_length - len(row)) for row in rows]
        return torch.tensor(wide, dtype=torch.float64)

    def packed(self, column):
        return [x for row, n in zip(column.tolist(), self.lengths) for x in row[:n]]

    @property
    def rollout(self):
        self.uses_rollout = True
        return self.sampled

    def advantages(self):
        """By token."""
        return self.advantage.unsqueeze(-1) * self.mask

    def token_rewards(self):
        """The outcome of a response at its last kept token."""
        positions = torch.arange(self.max_length) * self.mask
        last = torch.nn.functional.one_hot(positions.argmax(-1), self.max_length)
        return self.outcome.unsqueeze(-1) * last * self.mask

    def collision(self):
        """The sum of the squared probabilities at each token."""
        return torch.softmax(self.logits.detach(), -1).square().sum(-1)

    def described(self, case):
        return {
            "case": case,
            "regime": self.regime,
            "seed": self.seed,
            "groups": self.groups,
            "lengths": self.lengths,
            "kept": [int(x) for x in self.packed(self.mask)],
        }

    def line_of_advantages(self, case, advantages):
        packed = {
            **self.described(case),
            "outcome": self.outcome.tolist(),
            "greedy_outcome": self.greedy.tolist(),
            "values": self.packed(self.values),
            "reward_parts": self.parts.tolist(),
            "advantage": self.packed(advantages * self.mask),
        }
        if "token_baseline" in case:
            packed["logprob"] = self.packed(self.logprob.detach())
            packed["collision"] = self.packed(self.collision())
        if "opd" in case:
            packed["teacher_logprob"] = self.packed(self.reference)
            student = self.logprob.detach() if "no sampler" in case else self.sampled
            packed["student_logprob"] = self.packed(student)
        if "weights" in case:
            packed["rollout_weight"] = self.packed(torch.exp(self.advantage.unsqueeze(-1) * self.values / 2))
        return json.dumps(packed, separators=(",", ":"))

    def line(self, case, loss):
        (gradient,) = torch.autograd.grad(loss, self.logits, allow_unused=True)
        if gradient is None:
            gradient = torch.zeros_like(self.logits)
        packed = {
            **self.described(case),
            "vocab": VOCAB,
            "max_length": self.max_length,
            "tokens": self.packed(self.tokens),
            "advantage": self.advantage.tolist(),
            "logits": [x for row in self.packed(self.logits.detach()) for x in row],
            "old_logprob": self.packed(self.old),
            "reference_logprob": self.packed(self.reference),
            "logits_gradient": [x for row in self.packed(gradient) for x in row],
        }
        if self.uses_rollout:
            packed["rollout_logprob"] = self.packed(self.sampled)
        if math.isfinite(loss.item()):
            packed["loss"] = loss.item()
        if self.metrics:
            packed["metrics"] = self.metrics
        return json.dumps(packed, separators=(",", ":"))


def trl_losses():
    """Configurations of TRL's GRPOTrainer, by the names in PeerForms."""
    from trl.trainer.grpo_trainer import GRPOTrainer

    class Alone:
        """An accelerator with one process."""

        num_processes = 1
        sync_gradients = True
        device = torch.device("cpu")
        gather = gather_for_metrics = staticmethod(lambda x: x)
        reduce = staticmethod(lambda x, reduction=None: x)
        pad_across_processes = staticmethod(lambda x, dim=0, pad_index=0: x)
        is_main_process = True

    def loss(batch, rollout=None, **options):
        given = dict(
            loss_type="bnpo",
            beta=0.0,
            epsilon_low=0.2,
            epsilon_high=0.2,
            importance_sampling_level="token",
            top_entropy_quantile=1.0,
            off_policy_mask_threshold=None,
            use_vllm=rollout is not None,
            vllm_importance_sampling_correction=rollout is not None,
            entropy_coef=0.0,
        )
        settings = dict(
            delta=None,
            use_bias_correction_kl=False,
            sapo_temperature_pos=1.0,
            sapo_temperature_neg=1.05,
            vespo_k_pos=2.0,
            vespo_lambda_pos=3.0,
            vespo_k_neg=3.0,
            vespo_lambda_neg=2.0,
        )
        for name, value in options.items():
            (settings if name in settings else given)[name] = value
        trainer = types.SimpleNamespace(
            **given,
            args=types.SimpleNamespace(steps_per_generation=1, **settings, **given),
            accelerator=Alone(),
            model=types.SimpleNamespace(training=True),
            current_gradient_accumulation_steps=1,
            max_completion_length=batch.max_length,
            aux_loss_enabled=False,
            use_adaptive_entropy=False,
            _entropy_bonus_enabled=given["entropy_coef"] != 0,
            _metrics=collections.defaultdict(lambda: collections.defaultdict(list)),
        )
        trainer._get_per_token_logps_and_entropies = lambda *a, **k: (batch.logprob, batch.entropy, None)
        for name in ("get_high_entropy_mask", "get_off_policy_mask", "get_gamma_weights"):
            function = GRPOTrainer.__dict__.get(name)
            if isinstance(function, staticmethod):
                setattr(trainer, name, function.__func__)
            elif function is not None:
                setattr(trainer, name, types.MethodType(function, trainer))
        ids = torch.zeros_like(batch.tokens)
        inputs = dict(
            prompt_ids=ids[:, :0],
            prompt_mask=ids[:, :0],
            completion_ids=batch.tokens,
            completion_mask=batch.mask,
            advantages=batch.advantage,
            old_per_token_logps=batch.old,
            ref_per_token_logps=batch.reference,
            num_items_in_batch=batch.mask.sum(),
        )
        if rollout is not None:
            inputs["importance_sampling_ratio"] = rollout(batch)
        if options.get("off_policy_mask_threshold") and options.get("use_vllm"):
            inputs["sampling_per_token_logps"] = batch.rollout
        result = GRPOTrainer._compute_loss(trainer, None, inputs)
        batch.metrics = {name: values[0] for name, values in trainer._metrics["train"].items()}
        return result

    def token(batch):
        return torch.where(batch.mask > 0, torch.exp(batch.old - batch.rollout), 1.0)

    def sequence(batch):
        return torch.exp(((batch.old - batch.rollout) * batch.mask).sum(-1, keepdim=True))

    def with_options(**options):
        return lambda batch: loss(batch, **options)

    higher = dict(epsilon_high=0.28)
    sampler = dict(off_policy_mask_threshold=0.5, use_vllm=True, vllm_importance_sampling_correction=False)
    whole = dict(importance_sampling_level="sequence")
    return {
        "TRL grpo beta .04": with_options(loss_type="grpo", beta=0.04),
        "TRL grpo beta .04, one response empty": with_options(loss_type="grpo", beta=0.04),
        "TRL dr_grpo": with_options(loss_type="dr_grpo"),
        "TRL dr_grpo, one response empty": with_options(loss_type="dr_grpo"),
        "TRL dapo": with_options(loss_type="dapo", **higher),
        "TRL bnpo eps .28": with_options(**higher),
        "TRL bnpo delta 4": with_options(delta=4.0),
        "TRL cispo cap 5": with_options(loss_type="cispo", epsilon_high=5.0),
        "TRL sequence grpo": with_options(loss_type="grpo", epsilon_low=3e-4, epsilon_high=4e-4, **whole),
        "TRL sapo": with_options(loss_type="sapo"),
        "TRL vespo": with_options(loss_type="vespo"),
        "TRL vespo, sampler token_truncate 3": with_options(
            loss_type="vespo", rollout=lambda b: token(b).clamp(max=3.0)
        ),
        "TRL luspo sequence": with_options(loss_type="luspo", epsilon_low=2e-3, epsilon_high=2.5e-3, **whole),
        "TRL opsm .5, no sampler": with_options(loss_type="grpo", off_policy_mask_threshold=0.5),
        "TRL opsm .5 with sampler logps": with_options(loss_type="grpo", **sampler),
        "TRL top entropy .2 eps .28 bnpo": with_options(top_entropy_quantile=0.2, **higher),
        "TRL bnpo beta .1 bias-corrected": with_options(beta=0.1, use_bias_correction_kl=True),
        "TRL gspo beta .1 bias-corrected": with_options(
            loss_type="grpo", beta=0.1, use_bias_correction_kl=True, **whole
        ),
        "TRL bnpo entropy .01": with_options(entropy_coef=0.01),
        "TRL grpo entropy .01": with_options(loss_type="grpo", entropy_coef=0.01),
        "TRL bnpo top-entropy .2 + entropy bonus .01": with_options(top_entropy_quantile=0.2, entropy_coef=0.01),
        "TRL token_truncate [None,3.0]": with_options(rollout=lambda b: token(b).clamp(max=3.0), **higher),
        "TRL token_mask [0.5,3.0]": with_options(
            rollout=lambda b: torch.where((token(b) >= 0.5) & (token(b) <= 3.0), token(b), 0.0), **higher
        ),
        "TRL sequence_truncate [0.5,3.0]": with_options(rollout=lambda b: sequence(b).clamp(0.5, 3.0), **higher),
        "TRL sequence_mask [None,3.0]": with_options(
            rollout=lambda b: torch.where(sequence(b) <= 3.0, sequence(b), 0.0), **higher
        ),
    }


def verl_losses():
    """Configurations of verl's losses, by the names in PeerForms."""
    from verl.trainer.ppo import core_algos as verl
    from verl.trainer.ppo import rollout_corr_helper as correction

    unbounded = 1e300

    def loss(batch, name="vanilla", mode="token-mean", mask=None, weights=None, **options):
        config = verl.ActorConfig.__new__(verl.ActorConfig)
        fields = dict(
            clip_ratio=0.2,
            clip_ratio_low=0.2,
            clip_ratio_high=0.2,
            clip_ratio_c=unbounded,
            tau_pos=1.0,
            tau_neg=1.05,
            loss_agg_mode=mode,
            loss_scale_factor=None,
            global_batch_info={},
            policy_loss=types.SimpleNamespace(**{"loss_mode": name, **options.pop("policy_loss", {})}),
        )
        for field, value in {**fields, **options}.items():
            object.__setattr__(config, field, value)
        result = verl.get_policy_loss_fn(name)(
            old_log_prob=batch.old,
            log_prob=batch.logprob,
            advantages=batch.advantages(),
            response_mask=batch.mask if mask is None else mask,
            loss_agg_mode=mode,
            config=config,
            rollout_is_weights=weights,
        )
        batch.metrics = result[1]
        return result[0]

    def with_options(**options):
        return lambda batch: loss(batch, **options)

    def divergence(kind):
        return lambda batch: verl.agg_loss(
            verl.kl_penalty(batch.logprob, batch.reference, kind), batch.mask, "token-mean"
        )

    def weights(batch, level, threshold, **options):
        return correction.compute_rollout_correction_weights(
            batch.old - batch.rollout, batch.mask, level, threshold, **options
        )[0]

    def rejecting(option, threshold, counts_kept=True, weigh=lambda batch: None):
        def of(batch):
            mask = correction.compute_rollout_rejection_mask(
                batch.old - batch.rollout, batch.mask, option, threshold
            )[0]
            if counts_kept:
                return loss(batch, mask=mask, weights=weigh(batch), **higher)
            return loss(batch, weights=mask, **higher)

        return of

    def bypass(batch):
        return verl.compute_policy_loss_reinforce(
            rollout_log_prob=batch.old,
            log_prob=batch.logprob,
            advantages=batch.advantages(),
            response_mask=batch.mask,
            loss_agg_mode="token-mean",
            config=types.SimpleNamespace(global_batch_info={}),
            rollout_is_weights=correction.compute_rollout_correction_weights(
                batch.logprob.detach() - batch.old, batch.mask, "token", 2.0
            )[0],
        )[0]

    bounds_in_nats = {
        **{f"token_k{k}": "0.1" for k in (2, 3)},
        **{f"seq_sum_k{k}": "0.5" for k in (2, 3)},
        **{f"seq_mean_k{k}": "0.1" for k in (2, 3)},
        **{f"seq_max_k{k}": "0.3" for k in (2, 3)},
    }

    higher = dict(clip_ratio_high=0.28)
    modes = ("seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm")
    empty = ("", ", one response empty")
    entropy = lambda batch, mode: verl.agg_loss(batch.entropy, batch.mask, mode)  # noqa: E731
    return {
        "verl vanilla dual3 token-mean": with_options(clip_ratio_c=3.0, **higher),
        **{f"verl vanilla {mode}{which}": with_options(mode=mode) for mode in modes for which in empty},
        "verl cispo .2/.2": with_options(name="cispo"),
        "verl gspo": with_options(
            name="gspo", mode="seq-mean-token-mean", clip_ratio_low=3e-4, clip_ratio_high=4e-4
        ),
        "verl sapo": with_options(name="sapo", mode="seq-mean-token-mean"),
        "verl gpg": with_options(name="gpg"),
        "verl geo_mean": with_options(name="geo_mean", clip_ratio_low=0.4, clip_ratio_high=0.4),
        "verl kl_cov .2": with_options(name="kl_cov", policy_loss=dict(kl_cov_ratio=0.2, ppo_kl_coef=1.0)),
        **{f"verl kl_penalty {kind}": divergence(kind) for kind in ("k1", "k2", "low_var_kl", "k1+", "k3+", "abs")},
        **{
            f"verl vanilla - .01 entropy ({mode})": lambda batch, mode=mode: loss(batch, mode=mode)
            - 0.01 * entropy(batch, mode)
            for mode in ("token-mean", "seq-mean-token-mean")
        },
        "verl token TIS 2": lambda batch: loss(batch, weights=weights(batch, "token", 2.0), **higher),
        "verl sequence TIS 2": lambda batch: loss(batch, weights=weights(batch, "sequence", 2.0), **higher),
        **{
            f"verl RS {option} {bounds}, denominator: {counted}": rejecting(option, bounds, counted == "kept")
            for option, bounds in (("seq_sum_k1", "0.5_2.0"), ("seq_mean_k1", "0.8_1.25"))
            for counted in ("kept", "all")
        },
        "verl RS token_k1 0.5_2.0": rejecting("token_k1", "0.5_2.0"),
        **{f"verl RS {option} {bound}": rejecting(option, bound) for option, bound in bounds_in_nats.items()},
        "verl RS token_k1 0.5_2.0, seq_max_k2 0.3": rejecting("token_k1,seq_max_k2", "0.5_2.0,0.3"),
        "verl token TIS 2 + RS seq_max_k2 0.3": rejecting(
            "seq_max_k2", "0.3", weigh=lambda batch: weights(batch, "token", 2.0)
        ),
        **{
            f"verl {level} TIS 2, normalised": lambda batch, level=level: loss(
                batch, weights=weights(batch, level, 2.0, rollout_is_batch_normalize=True), **higher
            )
            for level in ("token", "sequence")
        },
        "verl bypass reinforce, token IS 2": bypass,
    }


def trl_advantages():
    """Advantages in the losses of TRL's trainers, by the names in PeerAdvantagesTest."""
    from trl.experimental.iw_opd.iw_opd_trainer import IWOPDTrainer

    def distilled(gamma, sampler):
        def of(batch):
            trainer = types.SimpleNamespace(
                temperature=1.0,
                iw_opd_gamma=gamma,
                iw_opd_epsilon=1e-8,
                model=types.SimpleNamespace(training=True),
                _metrics=collections.defaultdict(lambda: collections.defaultdict(list)),
            )
            loss = IWOPDTrainer._compute_iw_opd_loss(
                trainer,
                batch.logits,
                batch.tokens,
                torch.where(batch.mask > 0, batch.tokens, -100),
                batch.reference,
                batch.sampled if sampler else None,
            )
            (gradient,) = torch.autograd.grad(loss, batch.logits)
            of_target = gradient.gather(-1, batch.tokens.unsqueeze(-1)).squeeze(-1)
            return -of_target * batch.mask.sum() / -torch.expm1(batch.logprob.detach())

        return of

    return {
        **{f"TRL iw_opd {gamma}": distilled(gamma, True) for gamma in (0.0, 0.5, 2.0)},
        "TRL iw_opd 0.5, no sampler": distilled(0.5, False),
    }


def verl_advantages():
    """verl's estimators, by the names in PeerAdvantagesTest."""
    from verl.trainer.ppo import core_algos as verl

    class Settings(dict):
        """Read as a dictionary by some estimators, and as an object by others."""

        __getattr__ = dict.__getitem__

    def estimate(batch, name, gamma=1.0, **options):
        inputs = dict(
            token_level_rewards=batch.token_rewards(),
            response_mask=batch.mask,
            config=Settings(gamma=gamma),
            **options,
        )
        if name != "remax":
            inputs["index"] = numpy.array(batch.groups)
        return verl.get_adv_estimator_fn(name)(**inputs)[0]

    def baseline(batch, name, weights=False, **options):
        given = dict(
            token_level_rewards=batch.token_rewards(),
            response_mask=batch.mask,
            index=numpy.array(batch.groups),
            old_log_probs=batch.logprob.detach(),
            sum_pi_squared=batch.collision(),
        )
        if weights:
            given["rollout_is_weights"] = torch.exp(batch.advantage.unsqueeze(-1) * batch.values / 2)
        return verl.get_adv_estimator_fn(name)(**given, **options)[0]

    def of(name, function=estimate, **options):
        return lambda batch: function(batch, name, **options)

    alone = ", one group of 1"
    otb, tir = "optimal_token_baseline", "tir_optimal_token_baseline"
    return {
        **{f"verl {name}": of(name) for name in ("grpo", "rloo", "rloo_vectorized", "opo", "gpg", "grpo_passk")},
        **{f"verl {name}{alone}": of(name) for name in ("grpo", "grpo_vectorized", "opo", "gpg")},
        **{f"verl grpo no std{a}": of("grpo", norm_adv_by_std_in_grpo=False) for a in ("", alone)},
        **{f"verl reinforce++_baseline{a}": of("reinforce_plus_plus_baseline") for a in ("", alone)},
        "verl reinforce++ 1.0": of("reinforce_plus_plus"),
        "verl reinforce++ .9": of("reinforce_plus_plus", gamma=0.9),
        "verl remax": lambda batch: estimate(batch, "remax", reward_baselines=batch.greedy),
        "verl gae .99 .95": lambda batch: verl.compute_gae_advantage_return(
            batch.token_rewards(), batch.values, batch.mask, 0.99, 0.95
        )[0],
        **{
            f"verl {name}{which}{a}": of(name, baseline, **options)
            for name in (otb, tir)
            for which, options in {
                "": {},
                ", weights": dict(weights=True),
                ", zero tail": dict(handle_zero_tail=True),
                ", no zero tail": dict(handle_zero_tail=False),
            }.items()
            for a in ("", alone, ", one response empty")
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    recorded = {"trl": trl_losses, "verl": verl_losses, "trl-advantages": trl_advantages, "verl-advantages": verl_advantages}
    parser.add_argument("trainer", choices=recorded)
    parser.add_argument("--out", required=True, metavar="FILE", help="ends with .jsonl.gz")
    parser.add_argument("--seeds", type=int, default=3, help="batches of each configuration and regime")
    parser.add_argument("--only", default="", metavar="PART", help="configurations whose name has this part")
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error(f"--seeds is {options.seeds}; must be at least 1")
    cases = {case: make for case, make in recorded[options.trainer]().items() if options.only in case}
    line = Batch.line_of_advantages if options.trainer.endswith("advantages") else Batch.line
    lines, left_out = [], {}
    for case, make in cases.items():
        for regime in REGIMES:
            for seed in range(options.seeds):
                batch = Batch(regime, seed, case)
                try:
                    lines.append(line(batch, case, make(batch)))
                except Exception as error:  # Of another release: whatever it raises is the report.
                    left_out[case] = f"{type(error).__name__}: {error}"
    for case, why in left_out.items():
        print(f"left out: {case}: {why}", file=sys.stderr)
    if not lines:
        sys.exit("nothing was recorded")
    with gzip.open(options.out, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"{len(lines)} batches of {len(cases) - len(left_out)} configurations in {options.out}")


if __name__ == "__main__":
    main()
