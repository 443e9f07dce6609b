"""Every figure that has a limit, beside it: `python -m benchmarks [--full]`, or `make bench`.

Some ten minutes, on a machine that does nothing else meanwhile.  Exits with 1 when a limit is
missed.  The history of a district is taken in at a tenth of its size and measured against its
share of the limit; `--full` takes all of it in, ten minutes more.  Each part runs alone as well:
`python -m benchmarks.agent`, `.hub_memory`, `.alarm_latency`, `.mentions`, `.subsystems`,
`.boards`, `.http_ingest`, all with `--help`.  The other modules of this folder compare with a peer
and have no limit.
"""

import argparse
import sys

from benchmarks import (
    agent,
    alarm_latency,
    boards,
    http_ingest,
    hub_memory,
    mentions,
    subsystems,
)
from benchmarks.figure import judge, machine

TENTH = 0.1


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--full", action="store_true", help="the whole history of a district")
    full = parser.parse_args().full
    print(f"measured, of its limit, ratio    ({machine()})", flush=True)
    codes = [
        judge(agent.measure(agent.SECONDS)),
        judge([hub_memory.measure(hub_memory.Load())]),
        judge(alarm_latency.measure(alarm_latency.ALARMS, alarm_latency.DEVICES)),
        judge([mentions.measure(mentions.TEXTS)]),
        judge(http_ingest.measure(http_ingest.SCALE, http_ingest.DAYS)),
        judge(boards.measure(boards.ROUNDS)),
        judge(subsystems.measure(subsystems.SCALE if full else TENTH)),
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
