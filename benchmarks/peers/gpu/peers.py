#!/usr/bin/env python3
"""Times PyTorch, and libraries with kernels for it, beside ours on inputs that leash-bench exported.

    leash-bench export --suite gpu --out inputs
    python3 peers.py --inputs inputs --out run
    leash-bench derive run

Needs Python 3.9 and, on a GPU, PyTorch; nothing is installed. Peers that cannot be imported are left out, and events.csv says
so; a peer that fails or is wrong has a status in checks.csv. Exit code 0: every fork was measured, and our results are right. With
--cpu, ours alone run on the CPU, without PyTorch: what the tests do.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys

import leash_contender
import leashlib
import memory as placement
import rounds
import runfolder
import tensorfile
from contender import Workload

MARK = "\x01leash "


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", required=True, help="folder of leash-bench export")
    parser.add_argument("--out", required=True, help="folder of the run")
    parser.add_argument("--library", help="libleash.so, whose kernels take part (default: that of the inputs)")
    parser.add_argument("--filter", default="", help="regular expression for cases, or 'CASE / VARIANT', one for each")
    parser.add_argument("--forks", type=int, default=3, help="processes (default: 3)")
    parser.add_argument("--rounds", type=int, default=8, help="in each process (default: 8)")
    parser.add_argument("--resume", action="store_true", help="continue the interrupted run in --out, after its last complete fork")
    parser.add_argument("--cpu", action="store_true", help="ours alone, on the CPU")
    parser.add_argument("--fork", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.forks < 1 or options.rounds < 1:
        parser.error("--forks and --rounds are at least 1")
    exported = os.path.join(options.inputs, "libleash.so")
    if not options.library and os.path.exists(exported):
        options.library = exported
    if options.cpu and not options.library:
        parser.error("--cpu needs --library: there is nothing else to run")
    return options


def describe(case):
    return f"{case['op']} {case['dtype_in']} {case['rows']}x{case['cols']} {case['input_dist']}"


class Filter:
    """CASE or CASE / VARIANT, each a regular expression."""

    def __init__(self, text):
        case, _, variant = text.partition(" / ")
        self._case = re.compile(case)
        self._variant = re.compile(variant)

    def match_case(self, subject):
        return self._case.search(subject)

    def match_variant(self, variant):
        return self._variant.search(variant)


def facts(run, options, arguments):
    run.fact("run.start", runfolder.now())
    run.fact("run.argv", " ".join(arguments))
    run.fact("run.forks", options.forks)
    run.fact("run.rounds", options.rounds)
    run.fact("os", platform.platform())
    run.fact("python.version", platform.python_version())
    if options.cpu:
        return
    import torch

    run.fact("torch.version", torch.__version__)
    run.fact("cuda.runtime", torch.version.cuda)
    run.fact("gpu.name", torch.cuda.get_device_name(0))
    run.fact("driver.version", _output("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"))
    for module in ("triton", "liger_kernel", "trl", "quack"):
        try:
            version = getattr(__import__(module), "__version__", "unknown")
            run.fact(f"{module}.version", version)
        except Exception as e:  # noqa: BLE001 - an import may fail in any way
            run.fact(f"{module}.unavailable", f"{type(e).__name__}: {e}")


def _output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.splitlines()[0]
    except (OSError, subprocess.SubprocessError, IndexError) as e:
        return f"unknown: {e}"


def measure(run, options, fork):
    """All cases in this process."""
    memory = placement.HostMemory() if options.cpu else placement.TorchMemory()
    kind = leashlib.CPU if options.cpu else leashlib.CUDA
    device = leashlib.Device(leashlib.Library(os.path.abspath(options.library)), kind) if options.library else None
    timing = "wall_sync" if options.cpu else "event"
    chosen = Filter(options.filter)
    loaded = (None, None)
    for case in runfolder.read_cases(options.inputs):
        subject = describe(case)
        if not chosen.match_case(subject):
            continue
        if loaded[0] != case["inputs"]:
            loaded = (case["inputs"], tensorfile.read(os.path.join(options.inputs, case["inputs"])))
        print(f"fork {fork}/{options.forks} {subject}", file=sys.stderr, flush=True)
        contenders = []
        try:
            workload = Workload(memory, case, loaded[1])
            skipped = lambda variant, reason: run.event(fork, "skipped", f"{subject} / {variant}", reason)
            if device:
                contenders += leash_contender.contenders(workload, device)
            if not options.cpu:
                import torch_contenders

                contenders += torch_contenders.contenders(workload, skipped)
            contenders = [each for each in contenders if chosen.match_variant(each.variant)]
            if contenders:
                rounds.play(run, fork, case, contenders, rounds.Effort(options.rounds), memory.device, timing)
        except Exception as e:  # noqa: BLE001 - a case that does not fit the GPU must not end the run
            run.event(fork, "lost_entry", subject, f"{type(e).__name__}: {e}"[:500])
        for each in contenders:
            each.close()
        workload = None
        if not options.cpu:
            memory.torch.cuda.empty_cache()
    if device:
        device.close()


class Piped(runfolder.Rows):
    """A run folder at the other end of a pipe: rows as lines on standard output, so that one process alone writes files."""

    def append(self, table, values):
        print(MARK + json.dumps([table, values]), flush=True)


def main(arguments):
    options = parse(arguments)
    if options.fork:
        measure(Piped(), options, options.fork)
        return 0
    tables = runfolder.read_tables(options.inputs)
    try:
        run = runfolder.RunFolder(options.out, tables, schema(options.inputs), "peers-" + runfolder.now(), options.resume)
    except FileExistsError as e:
        print(f"peers.py: {e}", file=sys.stderr)
        return 64
    if not run.forks:
        facts(run, options, arguments)
    good = True
    for fork in range(1, options.forks + 1):
        if fork in run.forks:
            continue
        command = [sys.executable, os.path.abspath(__file__), *arguments, "--fork", str(fork)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line.startswith(MARK):
                    table, values = json.loads(line[len(MARK) :])
                    good &= values.get("status", "OK") == "OK" or values.get("role") != "candidate"
                    run.append(table, values)
                else:
                    print(line, end="", file=sys.stderr)
        if process.returncode != 0:
            good = False
            run.event(fork, "lost_fork", f"fork {fork}", f"exit code {process.returncode}")
        run.end_fork(fork)
    run.fact("run.end", runfolder.now())
    run.done()
    print(os.path.abspath(options.out))
    return 0 if good else 1


def schema(export):
    with open(os.path.join(export, "schema"), encoding="utf-8") as file:
        return file.read().strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
