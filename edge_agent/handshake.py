"""Why a broker hangs up on us.

TLS 1.3 tells a client only after the handshake that its certificate is refused; an MQTT client
that waits for a CONNACK sees no more than a time-out.
"""

import socket
import ssl

from contracts.configuration import Broker

PATIENCE_S = 5.0


def refusal(broker: Broker, context: ssl.SSLContext) -> OSError | None:
    """The broker's TLS alert to our certificate; None if it has none to say."""
    try:
        raw = socket.create_connection((broker.host, broker.port), PATIENCE_S)
        with raw, context.wrap_socket(raw, server_hostname=broker.host) as tls:
            tls.recv(1)
    except TimeoutError:
        return None
    except OSError as refused:
        return refused
    return None
