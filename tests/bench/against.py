#!/usr/bin/python3
"""Two builds of the library at the same work, in turns.

    against.py [-o TSV] OLD NEW [word: only cases whose "suite case" has it]

OLD and NEW are directories that hold the same programs (see row.h), each
linked with another build. Both run at once and answer in turns, one sample
each; the whole is repeated, because where a program's memory happens to lie
is worth some per cent. Prints a line a case: the best of both, and the time
of NEW over that of OLD. Above 1, NEW is slower.
"""
import os
import statistics
import subprocess
import sys

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
SAMPLES = int(os.environ.get("BENCH_SAMPLES", "15"))
PROGRAMS = ("elementwise", "steps")


class Side:
    def __init__(self, program, word):
        self.process = subprocess.Popen(
            [program, word], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=dict(os.environ, BENCH_ASKED="1"))

    def line(self):
        return self.process.stdout.readline()

    def ask(self, times):
        self.process.stdin.write("%d\n" % times)
        self.process.stdin.flush()
        answer = self.line()
        if not answer:
            sys.exit("bench: %s ended with %s" % (
                self.process.args[0], self.process.wait()))
        return float(answer)

    def next(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


def run(directories, program, word, found):
    sides = [Side(os.path.join(d, program), word) for d in directories]
    while True:
        names = [s.line() for s in sides]
        if names[0] != names[1]:
            sys.exit("bench: the two do not the same: %r, %r" % tuple(names))
        if not names[0]:
            break
        samples = found.setdefault(names[0].rstrip("\n"), ([], []))
        times = max(int(s.ask(0)) for s in sides)
        for i in range(SAMPLES):
            for k in (0, 1) if i % 2 else (1, 0):
                samples[k].append(sides[k].ask(times))
        for s in sides:
            s.next()
    for s in sides:
        if s.process.wait() != 0:
            sys.exit("bench: %s ended with %d" % (
                s.process.args[0], s.process.returncode))


def main(arguments):
    table = None
    if arguments[:1] == ["-o"]:
        table, arguments = open(arguments[1], "w"), arguments[2:]
        print("suite\tcase\tpeer\tthreads\tbest\tunit\tmedian", file=table)
    directories, word = arguments[:2], (arguments[2:] or [""])[0]
    found, ratios, suites = {}, [], {}
    for _ in range(RUNS):
        for program in PROGRAMS:
            run(directories, program, word, found)
    if not found:
        sys.exit("bench: no case has %r in its name" % word)
    for name, samples in found.items():
        suite, case, unit, scale = name.split("\t")
        best = [min(s) * float(scale) for s in samples]
        ratio = best[1] / best[0]
        ratios.append(ratio)
        suites.setdefault(suite, []).append(ratio)
        print("%-40s %10.4g %10.4g %-3s %6.2f%s" % (
            suite + " " + case, *best, unit, ratio,
            "  slower" if ratio > 1.05 else ""))
        for k in (0, 1) if table else ():
            print("%s\t%s\t%s\t1\t%.4g\t%s\t%.4g" % (
                suite, case, ("old", "tinytorch")[k], best[k], unit,
                statistics.median(samples[k]) * float(scale)), file=table)
    for suite, r in [*suites.items(), ("all", ratios)]:
        print("%-40s %21d cases, new over old: median %.2f, worst %.2f" % (
            suite, len(r), statistics.median(r), max(r)))


main(sys.argv[1:])
