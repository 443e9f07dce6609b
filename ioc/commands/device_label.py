"""`ioc device label`."""

from argparse import Namespace

from ioc.exits import Exit, complain
from ioc.office import guarded, office
from provisioning import label, registry


@guarded
def run(options: Namespace) -> int:
    if options.out.suffix not in (".svg", ".png"):
        complain(f"{options.out}: name a file that ends with .svg or .png")
        return Exit.FAILED
    with office(options) as opened, opened.store.read() as connection:
        card = registry.find(connection, options.name).card
    made = label.svg(card).encode() if options.out.suffix == ".svg" else label.png(card)
    options.out.write_bytes(made)
    print(options.out)
    return Exit.OK
