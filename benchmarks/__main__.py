"""Every figure that has a limit, beside it: `python -m benchmarks`, or `make bench`.

A few minutes, on a machine that does nothing else meanwhile.  Exits with 1 when a limit is missed.
Each part runs alone as well: `python -m benchmarks.agent`, `.hub_memory`, `.alarm_latency`, all
with `--help`.  The other modules of this folder compare with a peer and have no limit.
"""

import argparse
import sys

from benchmarks import agent, alarm_latency, hub_memory
from benchmarks.figure import judge, machine


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args()
    print(f"measured, of its limit, ratio    ({machine()})", flush=True)
    codes = [
        judge(agent.measure(agent.SECONDS)),
        judge([hub_memory.measure(hub_memory.Load())]),
        judge(alarm_latency.measure(alarm_latency.ALARMS, alarm_latency.DEVICES)),
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
