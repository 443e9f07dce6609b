"""Whether what a configuration names is there: secrets, certificates, folders to write in."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from contracts.configuration import NotReady, SecretMissing, Section, secret
from contracts.fault import Fault

SECRETS = ("password_file", "secret_file", "token_file")
"""Keys of files whose first line counts."""
PRIVATE = (*SECRETS, "key_file", "tls_key_file", "users_file")
"""Keys of files that nobody but their owner should read."""
PLACEHOLDER = ".example"
"""Hosts of RFC 2606, as the shipped settings have them: there is nobody behind one."""


def require(file: Path, config: Section, *, makes_folders: bool = False) -> None:
    """Raises NotReady, with everything that is missing at once."""
    if found := list(missing(config, makes_folders=makes_folders)):
        raise NotReady(file=file, faults=found)


def missing(config: Section, *, makes_folders: bool = False) -> Iterator[Fault]:
    """What cannot be used as it is; `makes_folders`: the program makes those of its own files."""
    for key, name, value, section in _keys(config):
        remedy = ""
        if name.endswith("_file"):
            remedy = _file(name, Path(str(value)))
        elif name.endswith("_env") and not os.environ.get(str(value)):
            remedy = "this environment variable is not set here"
        elif name in section.written():
            remedy = _folder(Path(str(value)).absolute().parent, makes=makes_folders)
        if remedy:
            yield Fault(key=key, value=value, remedy=remedy)


def doubtful(config: Section) -> Iterator[Fault]:
    """What can be used and is probably not meant so."""
    for key, name, value, _section in _keys(config):
        if name in PRIVATE and isinstance(value, Path) and value.stat().st_mode & 0o077:
            mode = f"{value.stat().st_mode & 0o777:03o}"
            remedy = f"its mode is {mode}, others may read it: chmod 600 {value}"
            yield Fault(key=key, value=value, remedy=remedy)
        host = urlsplit(value).hostname if isinstance(value, str) and "://" in value else None
        if host and host.endswith(PLACEHOLDER):
            yield Fault(key=key, value=value, remedy=f"{host} is a placeholder: name the real host")


def named_files(config: Section) -> Iterator[Path]:
    """Those that exist of the files that `config` names and the program only reads."""
    for _key, name, value, _section in _keys(config):
        if name.endswith("_file") and (file := Path(str(value))).is_file():
            yield file


def _keys(section: Section, above: str = "") -> Iterator[tuple[str, str, object, Section]]:
    """Every key that has a value: dotted with people's names, its own name, value, section."""
    for name in type(section).model_fields:
        key, value = f"{above}{name}", getattr(section, name)
        parts = value if isinstance(value, tuple) else (value,)
        for number, part in enumerate(parts, start=1):
            if isinstance(part, Section):
                listed = f".{getattr(part, 'name', f'#{number}')}" if part is not value else ""
                yield from _keys(part, f"{key}{listed}.")
        if value:
            yield key, name, value, section


def _file(name: str, file: Path) -> str:
    """What to do so that `file` can be used; empty if it can."""
    if not file.exists():
        if name == "users_file":
            return "there is no such file: ioc hub user add makes it"
        return "there is no such file: write it, or name another"
    if not os.access(file, os.R_OK):
        return "this user may not read it: change its owner or its mode"
    try:
        secret(file if name in SECRETS else None, None)
    except SecretMissing as empty:
        return f"{empty.why}: write the secret there"
    return ""


def _folder(folder: Path, *, makes: bool) -> str:
    """The same for the folder of a file that the program writes."""
    there = folder
    while makes and not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"there is no folder {folder}: sudo install -d -o {_user()} -m 700 {folder}"
    if not os.access(there, os.W_OK | os.X_OK):
        if there != folder:
            return f"{folder} cannot be made here: sudo install -d -o {_user()} -m 700 {folder}"
        return f"this user may not write in {folder}: sudo chown {_user()} {folder}"
    return ""


def _user() -> str:
    """Whom the folder should belong to, for a shell; root makes it for the service."""
    return "ioc" if os.geteuid() == 0 else "$(id -un)"
