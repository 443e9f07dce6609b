"""What can go wrong while devices are provisioned; each names the thing and the remedy.

ProvisioningError
├── NoAuthority       a folder without a certificate authority, or with a broken one
├── UnknownDevice     a name that is not in the registry
├── NameTaken         a name that is there already, or that belongs to a service of ours
├── Refused           a request for a certificate that is not granted; `reason` is a stable word
└── ServerTrouble     InfluxDB or Grafana cannot be provisioned
    ├── ServerAway      nobody answers, or it says that it cannot now
    ├── TlsTrouble      its certificate is not trusted, or it speaks no TLS
    ├── TokenRefused    401
    ├── RightMissing    403
    ├── WrongServer     another product or a version that we do not provision
    └── RequestRefused  any other answer
"""

from collections.abc import Container
from enum import StrEnum
from pathlib import Path


class ProvisioningError(Exception):
    """Root of this room's errors."""


class NoAuthority(ProvisioningError):
    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"certificate authority {path}: {reason}; {remedy}")


class UnknownDevice(ProvisioningError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no device is called {name!r}; `ioc device list` names them")


class NameTaken(ProvisioningError):
    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"the name {name!r} cannot be given: {why}; choose another")


class Refusal(StrEnum):
    """Why a request for a certificate is not granted."""

    MALFORMED = "malformed"
    WRONG_NAME = "wrong-name"
    WRONG_KEY = "wrong-key"
    TOKEN = "token"  # noqa: S105  (a word, not a secret)
    TOKEN_EXPIRED = "token-expired"  # noqa: S105
    TOKEN_USED = "token-used"  # noqa: S105
    UNKNOWN_CERTIFICATE = "unknown-certificate"
    SIGNATURE = "signature"
    REVOKED = "revoked"
    EXPIRED = "expired"
    TOO_MANY = "too-many"


class Refused(ProvisioningError):
    def __init__(self, reason: Refusal, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class ServerTrouble(ProvisioningError):
    """`server` is an address, `said` what came back; never holds a credential."""

    def __init__(self, *, server: str, said: str, remedy: str) -> None:
        self.server = server
        self.said = said
        self.remedy = remedy
        super().__init__(f"{server}: {said}; {remedy}")


class ServerAway(ServerTrouble):
    def __init__(self, *, server: str, said: str) -> None:
        remedy = "start it, or mend the address, then run this again"
        super().__init__(server=server, said=f"does not answer ({said})", remedy=remedy)


class TlsTrouble(ServerTrouble):
    def __init__(self, *, server: str, said: str) -> None:
        remedy = (
            "give its certificate authority with --ca-file, or use the name that the "
            "certificate has; write http:// only for a server without TLS on this machine"
        )
        super().__init__(server=server, said=f"TLS fails ({said})", remedy=remedy)


class TokenRefused(ServerTrouble):
    def __init__(self, *, server: str, said: str) -> None:
        remedy = "give the credential of an administrator of this very server, unexpired"
        super().__init__(server=server, said=f"refuses the credential, 401 ({said})", remedy=remedy)


class RightMissing(ServerTrouble):
    def __init__(self, *, server: str, said: str) -> None:
        remedy = (
            "the credential is known but may not do this: use an administrator's "
            "(InfluxDB 1: WITH ALL PRIVILEGES; 2: an all-access token; Grafana: role Admin)"
        )
        super().__init__(server=server, said=f"the right is missing, 403 ({said})", remedy=remedy)


class WrongServer(ServerTrouble):
    pass


class RequestRefused(ServerTrouble):
    def __init__(self, *, server: str, status: int, said: str) -> None:
        self.status = status
        super().__init__(server=server, said=f"HTTP {status}: {said}", remedy="see its log")


def refusal(server: str, status: int, said: str, away: Container[int] = ()) -> ServerTrouble:
    """What an HTTP answer means; with a status of `away` the server cannot answer now."""
    if status == 401:
        return TokenRefused(server=server, said=said)
    if status == 403:
        return RightMissing(server=server, said=said)
    if status in away:
        return ServerAway(server=server, said=f"HTTP {status}: {said}")
    return RequestRefused(server=server, status=status, said=said)
