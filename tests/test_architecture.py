"""The walls of the house: who may import whom, and what an edge box never loads."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("contracts", "edge_agent", "grafana", "hub", "ioc", "models", "provisioning")
MAY_IMPORT = {
    "contracts": set[str](),
    "edge_agent": {"contracts", "models"},
    "grafana": {"contracts", "hub"},
    "hub": {"contracts"},
    "models": {"contracts", "edge_agent"},
    "provisioning": {"contracts"},
    "ioc": {"contracts", "edge_agent", "grafana", "hub", "models", "provisioning"},
}
NEVER_ON_THE_EDGE = {"fastapi", "starlette", "sqlalchemy", "duckdb", "uvicorn", "torch", "PIL"}


def modules(room: str) -> Iterator[Path]:
    return (path for path in (ROOT / room).rglob("*.py"))


def imported_rooms(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found & set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    for path in modules(room):
        foreign = imported_rooms(path) - {room} - MAY_IMPORT[room]
        assert not foreign, f"{path.relative_to(ROOT)} imports {sorted(foreign)}"


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_outgrows_six_hundred_lines(room: str) -> None:
    for path in modules(room):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 600, f"{path.relative_to(ROOT)} has {lines} lines: give it another room"


def test_an_agent_loads_no_web_framework_and_no_database_server() -> None:
    probe = "import sys, edge_agent.agent; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "contracts" in loaded
    assert not NEVER_ON_THE_EDGE & set(loaded)


def test_the_command_line_loads_no_room_until_it_is_asked() -> None:
    probe = "import sys, ioc.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "ioc.cli" in loaded
    assert not {"hub.server", "edge_agent.agent", "onnxruntime", "fastapi"} & set(loaded)
