"""`ioc device list`."""

from argparse import Namespace
from datetime import datetime

from ioc.exits import Exit
from ioc.office import guarded, office
from provisioning import registry
from provisioning.registry import Device, State


@guarded
def run(options: Namespace) -> int:
    with office(options) as opened, opened.store.read() as connection:
        for device in registry.known(connection):
            said = standing(device, opened.occasion.at)
            print(f"{device.card.name:<24} {said:<44} {device.card.title}")
    return Exit.OK


def standing(device: Device, now: datetime) -> str:
    """Its state, and what its certificate still has."""
    newest = device.newest
    if device.state is not State.ENROLLED or newest is None:
        return device.state.value
    if now >= newest.expires_at:
        return f"expired on {newest.expires_at:%Y-%m-%d}: invite it anew"
    days = (newest.expires_at - now).days
    return f"enrolled, {days} days until {newest.expires_at:%Y-%m-%d}"
