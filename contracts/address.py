"""Who counts as one sender, for limits on how often somebody may try."""

from ipaddress import IPv6Address, ip_address

PREFIX_V6 = 64
"""A household or phone has a whole /64 of IPv6."""


def sender(address: str) -> str:
    """The key of an IP address; `unknown` for what is none."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return f"{int(known) >> (128 - PREFIX_V6):x}::/{PREFIX_V6}"
    return str(known)
