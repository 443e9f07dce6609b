"""The generated files as they are shipped: to be read where nothing is generated."""

from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
PATTERNS = ("dashboards/*/*.json", "maps/*.*json", "provisioning/*/ioc.yaml")


def files() -> Mapping[str, str]:
    """Text by path below `grafana/`, as `grafana.generate.files` makes it."""
    return {
        path.relative_to(HERE).as_posix(): path.read_text(encoding="utf-8")
        for pattern in PATTERNS
        for path in sorted(HERE.glob(pattern))
    }
