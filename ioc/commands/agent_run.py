"""`ioc agent run`."""

from argparse import Namespace
from pathlib import Path

from contracts.configuration import ConfigError, SecretMissing
from edge_agent import agent
from edge_agent.detector import ModelError
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        return int(agent.run(Path(options.config)) or Exit.OK)
    except (ConfigError, SecretMissing, ModelError) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except OSError as trouble:
        complain(f"the agent ended: {trouble}")
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.OK
