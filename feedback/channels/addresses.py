"""Which network addresses are the public Internet's. Pure.

Python's own `is_global` says yes to multicast, 192.0.0.8 and to IPv6 forms that hold a private IPv4
address, so IPv6 is what the registries give out (2000::/3) less what is known to lead elsewhere.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

UNICAST = ip_network("2000::/3")
ELSEWHERE = tuple(
    ip_network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # protocol assignments, with Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4: any IPv4 address inside
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Whether a numeric address, IPv4 or IPv6, is one of the public Internet."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if any(found in net for net in ELSEWHERE if net.version == found.version):
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast
    return found in UNICAST and found.is_global
