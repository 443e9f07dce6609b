"""What both ends of the wire configure alike: TOML files, errors that name key and value, secrets.

A section is a pydantic model whose every field has a title and a description; the reference pages
are generated from them.  Relative paths are relative to the file.  Secrets stand in files or in
the environment, never in the configuration.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo

_INLINE_PASSWORD = re.compile(r"(://[^/@\s]*?:)[^/@\s]+@")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConfigError(ValueError):
    """A configuration that cannot be used; names the file, the key, the value and the remedy."""

    def __init__(self, *, file: Path, key: str, value: object, remedy: str) -> None:
        self.file = file
        self.key = key
        self.value = value
        self.remedy = remedy
        shown = _INLINE_PASSWORD.sub(r"\1***@", repr(value))
        shown = shown if len(shown) <= 80 else f"{shown[:80]}…"
        super().__init__(f"{file}: key {key!r} has value {shown}: {remedy}")


class SecretMissing(ValueError):
    """A secret that is not where the configuration says; never shows the secret itself."""

    def __init__(self, *, place: str, why: str) -> None:
        self.place = place
        self.why = why
        super().__init__(f"secret {place}: {why}")


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(folder) / path


FilePath = Annotated[Path, AfterValidator(_beside_the_file)]


class Section(BaseModel):
    """Root of the sections: unknown keys are refused by name, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Broker(Section):
    """The MQTT broker that devices and hub meet at."""

    url: str = Field(
        default="mqtt://127.0.0.1:1883",
        title="Address",
        description="`mqtt://host:port`, or `mqtts://host:port` for TLS. Beyond loopback only "
        "`mqtts` with credentials is accepted.",
    )
    username: str | None = Field(default=None, title="User", description="Name at the broker.")
    password_file: FilePath | None = Field(
        default=None, title="Password file", description="File whose first line is the password."
    )
    password_env: str | None = Field(
        default=None,
        title="Password variable",
        description="Environment variable that holds the password.",
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="Certificate authority",
        description="PEM file that signs the broker's certificate; the system's list if absent.",
    )
    cert_file: FilePath | None = Field(
        default=None, title="Certificate", description="PEM certificate of this client."
    )
    key_file: FilePath | None = Field(
        default=None, title="Key", description="PEM private key of the certificate."
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError("url: write mqtt://host:port or mqtts://host:port")
        if parts.username or parts.password:
            raise ValueError("url: credentials do not belong here; use username and password_file")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file: give cert_file and key_file together")
        if parts.hostname in LOOPBACK:
            return self
        if parts.scheme != "mqtts":
            raise ValueError("url: a broker beyond loopback needs TLS: write mqtts://")
        if self.cert_file is None and not (
            self.username and (self.password_file or self.password_env)
        ):
            raise ValueError(
                "username: a broker beyond loopback needs credentials: give cert_file and "
                "key_file, or username and password_file"
            )
        return self

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def tls(self) -> bool:
        return urlsplit(self.url).scheme == "mqtts"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (8883 if self.tls else 1883)


S = TypeVar("S", bound=Section)


def load(path: Path, model: type[S], *, reference: str) -> S:
    """The configuration in `path` as `model`; raises ConfigError, which may send to `reference`."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as missing:
        raise ConfigError(
            file=path, key="", value=missing.strerror, remedy="write the file or name another"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise ConfigError(file=path, key="", value=str(broken), remedy="mend the TOML") from None
    for name, field in model.model_fields.items():
        if not field.is_required() and isinstance(field.annotation, type):
            raw.setdefault(name, {} if _inner(field) else field.default)
    return validated(path, raw, model, reference=reference)


def validated(path: Path, raw: object, model: type[S], *, reference: str) -> S:
    """What was read from `path` as `model`; raises ConfigError."""
    try:
        return model.model_validate(raw, context={"folder": path.parent})
    except ValidationError as wrong:
        raise _named(path, wrong, reference) from None


def _named(path: Path, wrong: ValidationError, reference: str) -> ConfigError:
    """The first error; a validator's own message is `key: remedy`."""
    first = wrong.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    remedy = first["msg"].removeprefix("Value error, ")
    value: Any = first["input"]
    head, colon, rest = remedy.partition(": ")
    if first["type"] == "value_error" and colon:
        key, remedy = f"{key}.{head}" if key else head, rest
        value = value.get(head) if isinstance(value, dict) else value
    if first["type"] == "extra_forbidden":
        remedy = f"this key is unknown; see {reference}"
    return ConfigError(file=path, key=key, value=value, remedy=remedy)


def secret(file: Path | None, variable: str | None) -> str | None:
    """The first line of `file`, else the environment's `variable`, else None."""
    if file is not None:
        try:
            value = file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except OSError as missing:
            raise SecretMissing(place=str(file), why=missing.strerror or "unreadable") from None
        if not value:
            raise SecretMissing(place=str(file), why="its first line is empty")
        return value
    if variable is None:
        return None
    if not (value := os.environ.get(variable, "")):
        raise SecretMissing(place=variable, why="the environment variable is not set")
    return value


def _inner(field: FieldInfo) -> type[Section] | None:
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
    return None
