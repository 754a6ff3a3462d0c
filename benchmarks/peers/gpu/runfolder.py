"""Writes the files of a run as `leash-bench run` does: RFC 4180, LF, UTF-8, each row flushed, empty for not measured.

The columns of each table come from tables.csv of an export, so that there is one list of them.
"""

import csv
import hashlib
import os
from datetime import datetime, timezone

SCHEMA = "schema"


def read_tables(export):
    """Table name -> list of columns."""
    tables = {}
    with open(os.path.join(export, "tables.csv"), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["table"], []).append(row["column"])
    return tables


def read_cases(export):
    """The cases of an export, each a dict of its key columns, its inputs and its tolerances."""
    with open(os.path.join(export, "cases.csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Rows:
    """Rows of the tables of a run, which `append(table, values)` takes."""

    def fact(self, key, value, unit=""):
        self.append("env", {"key": key, "value": value, "unit": unit})

    def event(self, fork, kind, subject, detail):
        self.append("events", {"ts_utc": now(), "fork": fork, "kind": kind, "subject": subject, "detail": detail})


FORKS = "forks"  # a file with a line for each complete fork: its number, and the bytes of each table at its end


class RunFolder(Rows):
    """The files of a run. With `resume`, those of an interrupted one, without the rows of its last, incomplete fork; where no fork
    is complete, the files are set aside."""

    def __init__(self, path, tables, schema, run_id, resume=False):
        self.path = path
        self._tables = {name: columns for name, columns in tables.items() if name != "results"}  # `leash-bench derive` makes it
        self._files = {}
        self._writers = {}
        self.forks = []
        os.makedirs(path, exist_ok=True)
        if os.path.exists(self._file("samples")):
            if not resume:
                raise FileExistsError(f"{path} holds a run already; continue it with --resume, or name another folder with --out")
            if os.path.exists(os.path.join(path, "DONE")):
                raise FileExistsError(f"{path} holds a complete run; name another folder with --out")
            run_id = self._shorten(schema) or run_id
        self._common = {SCHEMA: schema, "run_id": run_id}
        for table, columns in self._tables.items():
            new = not os.path.exists(self._file(table))
            self._files[table] = open(self._file(table), "a", newline="", encoding="utf-8")
            self._writers[table] = csv.writer(self._files[table], lineterminator="\n")
            if new:
                self._writers[table].writerow(columns)
                self._files[table].flush()
        with open(self._file("samples"), newline="", encoding="utf-8") as file:
            self._samples = sum(1 for _ in csv.reader(file)) - 1

    def _shorten(self, schema):
        """Cuts every table at the end of the last complete fork. The name of the run; None if no fork is complete."""
        names = [self._file(table) for table in sorted(self._tables)]
        at = os.path.join(self.path, FORKS)
        lines = []
        if os.path.exists(at):
            with open(at, encoding="utf-8") as file:
                lines = [line for line in file if line.endswith("\n")]
        if not lines:
            for name in filter(os.path.exists, names):
                os.replace(name, name + ".interrupted")
            return None
        with open(self._file("env"), newline="", encoding="utf-8") as file:
            first = next(csv.DictReader(file))
        if first[SCHEMA] != schema:
            raise FileExistsError(f"{self.path} holds a run in schema {first[SCHEMA]}, not {schema}; name another folder with --out")
        sizes = [int(size) for size in lines[-1].split()[1:]]
        for name, size in zip(names, sizes):
            if os.path.getsize(name) < size:
                raise FileExistsError(f"{name} lacks rows of complete forks; restore it, or name another folder with --out")
        for name, size in zip(names, sizes):
            os.truncate(name, size)
        with open(at, "w", encoding="utf-8") as file:
            file.writelines(lines)
        self.forks = [int(line.split()[0]) for line in lines]
        return first["run_id"]

    def end_fork(self, fork):
        """Marks a fork as complete: a resumed run keeps its rows."""
        sizes = " ".join(str(os.path.getsize(self._file(table))) for table in sorted(self._tables))
        with open(os.path.join(self.path, FORKS), "a", encoding="utf-8") as file:
            file.write(f"{fork} {sizes}\n")
        self.forks.append(fork)

    def _file(self, table):
        return os.path.join(self.path, table + ".csv")

    def append(self, table, values):
        """Appends a row of the columns given by name; columns of other versions of the suite are left out."""
        row = {**self._common, **values}
        if table == "samples":
            self._samples += 1
            row["seq"] = self._samples
        self._writers[table].writerow([_text(row.get(column, "")) for column in self._tables[table]])
        self._files[table].flush()

    def close(self):
        for file in self._files.values():
            file.close()

    def done(self):
        """Marks the run as complete, with the sum of each file."""
        self.close()
        lines = []
        for table in self._files:
            with open(self._file(table), "rb") as file:
                lines.append(f"{hashlib.sha256(file.read()).hexdigest()}  {table}.csv\n")
        with open(os.path.join(self.path, "DONE"), "w", encoding="utf-8") as file:
            file.writelines(lines)


def _text(value):
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if value in (float("inf"), float("-inf")) else repr(value)
    return " ".join(str(value).splitlines())
