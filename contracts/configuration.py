"""What both ends of the wire configure alike: TOML files, errors that name key and value, secrets.

A section is a pydantic model whose every field has a title and a description; the reference pages
are generated from them.  Relative paths are relative to the file.  Secrets stand in files or in
the environment, never in the configuration.
"""

import os
import tomllib
from collections.abc import Sequence
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
    field_validator,
    model_validator,
)

from contracts.fault import Fault, faults, line_hint, number_hint, section_of, shown

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConfigError(ValueError):
    """A configuration that cannot be used; names the file, the key, the value and the remedy."""

    def __init__(
        self, *, file: Path, key: str, value: object, remedy: str, place: str = ""
    ) -> None:
        self.file = file
        self.key = key
        self.value = value
        self.remedy = remedy
        said = shown(key, value)
        of = f"key {(place or key)!r}{said and f' has value {said}'}" if key else said.strip("'")
        super().__init__(f"{file}: {of and f'{of}: '}{remedy}")


class NotReady(ConfigError):
    """Files, variables and folders that a configuration names and that cannot be used; all."""

    def __init__(self, *, file: Path, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(file=file, key=first.key, value=first.value, remedy=first.remedy)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(f"{self.file}: {fault}" for fault in self.faults)


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

    @field_validator("*", mode="before")
    @classmethod
    def _means_what_it_says(cls, value: object, info: ValidationInfo) -> object:
        """`"no"` is no bool and `"8443"` no number: a text that was meant as one is a slip."""
        field = cls.model_fields[info.field_name] if info.field_name else None
        kinds = {field.annotation, *get_args(field.annotation)} if field else set()
        if bool in kinds and not isinstance(value, bool):
            raise ValueError("write true or false, without quotes")
        if kinds & {int, float} and str not in kinds and isinstance(value, str | bool):
            raise ValueError(f"write a number, without quotes{number_hint(str(value))}")
        return value

    def written(self) -> tuple[str, ...]:
        """The keys of files that the program itself makes and writes."""
        return ()


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
    return validated(path, read(path, model), model, reference=reference)


def read(path: Path, model: type[Section]) -> dict[str, Any]:
    """The keys in `path`, and those that `model` would add; not judged.  Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as missing:
        raise ConfigError(
            file=path, key="", value=missing.strerror, remedy="write the file or name another"
        ) from None
    except UnicodeDecodeError as broken:
        raise ConfigError(file=path, key="", value=str(broken), remedy="save it as UTF-8") from None
    except tomllib.TOMLDecodeError as broken:
        remedy = f"mend the TOML{line_hint(text)}"
        raise ConfigError(file=path, key="", value=str(broken), remedy=remedy) from None
    for name, field in model.model_fields.items():
        if not field.is_required() and isinstance(field.annotation, type):
            raw.setdefault(name, {} if section_of(field.annotation) else field.default)
    return raw


def validated(path: Path, raw: object, model: type[S], *, reference: str) -> S:
    """What was read from `path` as `model`; raises ConfigError."""
    try:
        return model.model_validate(raw, context={"folder": path.parent})
    except ValidationError as wrong:
        first = next(faults(wrong, raw, model, reference))
        raise ConfigError(
            file=path, key=first.key, value=first.value, remedy=first.remedy, place=first.place
        ) from None


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
