"""What a run of bin/remap takes: wall time, CPU time, and the memory of its driver and executors. Linux only (/proc)."""

import collections
import glob
import os
import re
import shutil
import subprocess
import time

HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

#: Seconds on the clock and of CPU, of all processes; then MiB: the highest heap after a collection, and the highest
#: resident memory, of the driver and of the executors together; and what was printed.
Measured = collections.namedtuple(
    "Measured", "seconds cpu driver_heap driver_resident executor_heap executor_resident output"
)


class Failed(Exception):
    """A command that did not end with 0, and what it printed."""


def processes_below(pid):
    """The process and all it started."""
    found = [pid]
    for parent in found:
        for children in glob.glob(f"/proc/{parent}/task/*/children"):
            try:
                with open(children) as pids:
                    found += [int(child) for child in pids.read().split()]
            except OSError:
                pass
    return found


def cpu_seconds(pid):
    """Of the process alone, all its threads."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0


def peak_resident(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024
    except (OSError, AttributeError):
        return 0


def peak_heap(path):
    """Highest heap after a collection, in MiB, from a log of the JVM's garbage collector."""
    try:
        with open(path) as log:
            after = re.findall(r"\d+M->(\d+)M\(", log.read())
    except OSError:
        return 0
    return max(map(int, after), default=0)


def measure(arguments, logs, memory):
    """Runs bin/remap with a driver's heap of `memory` at most; `logs` is a scratch folder. Raises Failed."""
    shutil.rmtree(logs, ignore_errors=True)
    os.makedirs(logs)
    environment = dict(os.environ)
    environment["JAVA_TOOL_OPTIONS"] = f"-Xlog:gc:file={logs}/gc-%p.log"
    environment["REMAP_DRIVER_MEMORY"] = memory
    environment.pop("REMAP_PROFILE", None)
    resident, cpu = {}, {}
    start = time.monotonic()
    with open(os.path.join(logs, "output"), "w") as output:
        driver = subprocess.Popen(
            [os.path.join(HOME, "bin/remap"), *arguments],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while driver.poll() is None:
            for pid in processes_below(driver.pid):
                resident[pid] = max(resident.get(pid, 0), peak_resident(pid))
                cpu[pid] = max(cpu.get(pid, 0), cpu_seconds(pid))
            time.sleep(0.1)
    seconds = time.monotonic() - start
    with open(os.path.join(logs, "output")) as output:
        printed = output.read()
    if driver.returncode:
        raise Failed(f"remap {' '.join(arguments)} failed:\n{printed}")
    heap = {pid: peak_heap(os.path.join(logs, f"gc-{pid}.log")) for pid in resident}
    others = [pid for pid in resident if pid != driver.pid]
    return Measured(
        seconds,
        sum(cpu.values()),
        heap[driver.pid],
        resident[driver.pid],
        sum(heap[pid] for pid in others),
        sum(resident[pid] for pid in others if heap[pid]),
        printed,
    )
