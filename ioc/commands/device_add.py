"""`ioc device add`."""

from argparse import Namespace

from pydantic import ValidationError

from ioc.commands.device_invite import life
from ioc.exits import Exit, complain
from ioc.office import guarded, office, tell
from provisioning import enrolment, registry


@guarded
def run(options: Namespace) -> int:
    try:
        card = registry.Card(
            name=options.name, title=options.title, lat=options.lat, lon=options.lon,
            commune=options.commune, photo=options.photo,
            cameras=tuple(registry.Mounted.parse(each) for each in options.camera),
        )  # fmt: skip
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        complain(f"{'.'.join(map(str, first['loc']))}: {first['input']!r}: {first['msg']}")
        return Exit.FAILED
    with office(options) as opened, opened.store.work() as connection:
        registry.add(connection, opened.occasion, card)
        token = enrolment.invite(connection, opened.occasion, card.name, life(options))
    tell(f"{card.name} is invited; this token is shown once and is a secret:")
    print(token)
    return Exit.OK
