"""`ioc catalogue check`."""

from argparse import Namespace

from ioc.commands.catalogue import opened
from ioc.exits import Exit


def run(options: Namespace) -> int:
    if (catalogue := opened(options.folder)) is None:
        return Exit.CONFIGURATION
    print(
        f"danh mục đúng: {len(catalogue.subsystems)} phân hệ, {len(catalogue.measures)} số liệu, "
        f"{len({each.id for each in catalogue.indicators})} chỉ số, {len(catalogue.units)} đơn vị"
    )
    return Exit.OK
