"""`ioc catalogue list`."""

from argparse import Namespace
from datetime import datetime

from hub.catalogue import wording
from hub.wording import LOCAL
from ioc.commands.catalogue import opened
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    if (catalogue := opened(options.folder)) is None:
        return Exit.CONFIGURATION
    wanted = options.subsystem
    if wanted and wanted not in catalogue.subsystems:
        complain(f"không có phân hệ {wanted!r}; có: {', '.join(catalogue.subsystems)}")
        return Exit.FAILED
    today, count = datetime.now(LOCAL).date(), 0
    for subsystem in catalogue.subsystems.values():
        if wanted in (None, subsystem.id):
            print(f"{subsystem.name_vi} ({subsystem.id})")
            for each in catalogue.of_subsystem(subsystem.id, today):
                count += 1
                print(f"  {each.id:<44} {each.name_vi}; {wording.bands(each)}")
    print(f"{count} chỉ số")
    return Exit.OK
