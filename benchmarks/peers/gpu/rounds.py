"""Measures one case: checks every contender, warms it up, then times one block of each in every round, in random order.

Outputs are poisoned before each block, and checked again after the last. A contender that fails a check or raises gets a row
with its status and no further time. Follows `Rounds` of leash-bench.
"""

import random
import time

from runfolder import now


def key(case, contender, device, timing):
    """The case's columns and the contender's; those that a table lacks are left out when written."""
    return dict(
        case,
        variant=contender.variant,
        impl=contender.impl,
        role=contender.role,
        contract=contender.contract,
        inplace=contender.inplace,
        device=device,
        timing=timing,
    )


class _Player:
    def __init__(self, contender, columns):
        self.contender = contender
        self.columns = columns
        self.launches = 1
        self.nanos_per_launch = float("inf")


class Effort:
    def __init__(self, rounds=8, warmup_ms=30.0, block_ms=4.0):
        self.rounds = rounds
        self.warmup_ms = warmup_ms
        self.block_ms = block_ms


def play(run, fork, case, contenders, effort, device, timing):
    players = [_Player(each, key(case, each, device, timing)) for each in contenders]
    players = [each for each in players if _survives(run, fork, each, lambda p=each: _prepare(run, fork, p))]
    players = [each for each in players if _survives(run, fork, each, lambda p=each: _warm_up(p, effort))]
    order = random.Random(fork)
    for number in range(1, effort.rounds + 1):
        order.shuffle(players)
        last = number == effort.rounds
        players = [
            player
            for slot, player in enumerate(list(players), start=1)
            if _survives(run, fork, player, lambda p=player, s=slot: _block(run, fork, p, number, s, last))
        ]


def _prepare(run, fork, player):
    player.contender.poison()
    player.contender.launch()
    passed = _check(run, fork, player, "before")
    player.contender.restore()
    return passed


def _warm_up(player, effort):
    spent, begin = 0.0, time.monotonic()
    while spent < effort.warmup_ms * 1e6 and time.monotonic() - begin < 60:
        launches = min(player.launches, player.contender.most_launches)
        nanos = player.contender.time(launches)
        player.contender.restore()
        player.nanos_per_launch = nanos / launches
        fitting = int(effort.block_ms * 1e6 / max(player.nanos_per_launch, 1.0))
        player.launches = max(1, min(fitting, player.contender.most_launches, 256))
        spent += nanos
    return True


def _block(run, fork, player, number, slot, check):
    contender = player.contender
    contender.poison()
    nanos = contender.time(player.launches) / player.launches
    run.append(
        "samples",
        {
            **player.columns,
            "ts_utc": now(),
            "fork": fork,
            "process": fork,
            "round": number,
            "slot": slot,
            "launches": player.launches,
            "time_ns": nanos,
        },
    )
    passed = not check or _check(run, fork, player, "after")
    contender.restore()
    return passed


def _check(run, fork, player, phase):
    found = player.contender.check()
    for each in found:
        run.append(
            "checks",
            {
                **player.columns,
                "fork": fork,
                "phase": phase,
                "output": each.output,
                "rows_checked": each.rows,
                "max_abs_err": each.max_abs,
                "max_rel_err": each.max_rel,
                "mean_signed_err": each.mean_signed,
                "tol": each.tolerance,
                "reference": "java_f64",
                "status": "OK" if each.passed else "INCORRECT_NUMERICAL",
                "reason": "" if each.passed else each.reason(),
            },
        )
    if not found:
        raise RuntimeError("nothing to check: no outputs")
    return all(each.passed for each in found)


def _survives(run, fork, player, step):
    """Whether a step succeeded; a failure concerns this contender alone."""
    try:
        return step()
    except Exception as e:  # noqa: BLE001 - whatever a peer throws becomes its row
        text = f"{type(e).__name__}: {e}"
        run.append(
            "checks",
            {
                **player.columns,
                "fork": fork,
                "phase": "run",
                "status": "OOM" if "out of memory" in text.lower() else "RUNTIME_ERROR",
                "reason": text[:500],
            },
        )
        return False
