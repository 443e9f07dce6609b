"""`ioc hub run`."""

from argparse import Namespace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from contracts.configuration import ConfigError, SecretMissing
from hub import server
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        return server.run(Path(options.config))
    except (ConfigError, SecretMissing) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except (OSError, SQLAlchemyError) as trouble:
        complain(f"the hub ended: {trouble}")
        return Exit.FAILED
    except SystemExit:  # uvicorn's answer to a port in use or a certificate that is wrong
        complain("the hub ended: its console cannot be served; the reason stands above")
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.OK
