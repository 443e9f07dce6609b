"""`ioc device show`."""

from argparse import Namespace

from ioc.commands.device_list import standing
from ioc.exits import Exit
from ioc.office import guarded, office
from provisioning import audit, registry


@guarded
def run(options: Namespace) -> int:
    with office(options) as opened, opened.store.read() as connection:
        device = registry.find(connection, options.name)
        entries = audit.entries(connection, options.name)
    card = device.card
    print(f"{card.name}  {card.title}\n  {standing(device, opened.occasion.at)}")
    if card.lat is not None and card.lon is not None:
        print(f"  {card.lat:.5f}, {card.lon:.5f}  {card.commune}")
    for camera in card.cameras:
        pose = camera.pose
        looks = f"  {pose.azimuth_deg}°, opening {pose.fov_deg}°" if pose else ""
        print(f"  camera {camera.name}{looks}")
    if card.photo:
        print(f"  photo {card.photo}")
    for each in device.certificates:
        called_back = f"  revoked {each.revoked_at:%Y-%m-%d %H:%M}Z" if each.revoked_at else ""
        print(f"  certificate {each.serial}  until {each.expires_at:%Y-%m-%d}{called_back}")
    for entry in entries:
        print(f"  {entry.at[:19]}Z  {entry.action}  {entry.actor}")
    return Exit.OK
