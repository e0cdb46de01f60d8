"""Records: what people write in files, checked once at the door.

A record is frozen, refuses unknown keys and carries the version of its schema.
TOML is for people, JSON for machines; both hold the same content.
"""

import difflib
import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from mentormatch import messages
from mentormatch.errors import Defect, MentorMatchError, Place
from mentormatch.files import write_atomically


class Part(BaseModel):
    """A piece of a record: frozen, strict about its keys, silent about its values in errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


class Record(Part):
    """A file that a person or a program keeps.

    Subclasses set the error they raise, the schema version they write and the
    folder of their presets under ``mentormatch/presets``.
    """

    error: ClassVar[type[MentorMatchError]] = MentorMatchError
    newest_version: ClassVar[int] = 1
    preset_folder: ClassVar[str | None] = None

    schema_version: int = 1

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a record from a TOML or JSON file.

        Raises
        ------
        MentorMatchError
            The subclass's own error, with every defect of the file.
        """
        path = Path(path)
        place = Place(file=path.name)
        if path.suffix not in {".toml", ".json"}:
            raise cls.error.of("record.suffix", place)
        try:
            content = path.read_text("utf-8-sig")
        except FileNotFoundError:
            raise cls.error.of("record.no-file", place) from None
        except OSError as error:
            raise cls.error.of("record.no-access", place, reason=error.strerror) from None
        except UnicodeDecodeError:
            raise cls.error.of("record.syntax", place, reason="UTF-8") from None
        return cls._parse(content, path.suffix, place)

    @classmethod
    def preset(cls, name: str) -> Self:
        """Read one of the records that ship with the library.

        Raises
        ------
        MentorMatchError
            The subclass's own error, naming the presets there are.
        """
        names = cls.presets()
        if name not in names:
            raise cls.error.of("record.no-preset", found=name, names=", ".join(names))
        file = files("mentormatch") / "presets" / str(cls.preset_folder) / f"{name}.toml"
        return cls._parse(file.read_text("utf-8"), ".toml", Place(file=file.name))

    @classmethod
    def presets(cls) -> tuple[str, ...]:
        """Name the records of this kind that ship with the library, in alphabetical order."""
        if cls.preset_folder is None:
            return ()
        folder = files("mentormatch") / "presets" / cls.preset_folder
        return tuple(
            sorted(
                entry.name.removesuffix(".toml")
                for entry in folder.iterdir()
                if entry.name.endswith(".toml")
            )
        )

    @classmethod
    def from_dict(cls, content: dict[str, Any], place: Place | None = None) -> Self:
        """Check plain data and make the record of it.

        Raises
        ------
        MentorMatchError
            The subclass's own error, with every defect.
        """
        place = place or Place()
        version = content.get("schema_version", 1)
        if isinstance(version, int) and version > cls.newest_version:
            raise cls.error.of("record.version", place, found=version, known=cls.newest_version)
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise cls.error(*defects_of(error, cls, place)) from None

    @classmethod
    def _parse(cls, content: str, suffix: str, place: Place) -> Self:
        try:
            data = tomllib.loads(content) if suffix == ".toml" else json.loads(content)
        except ValueError as error:
            raise cls.error.of("record.syntax", place, reason=str(error)) from None
        except RecursionError:
            raise cls.error.of("record.syntax", place, reason="[[[[...") from None
        if not isinstance(data, dict):
            raise cls.error.of("record.syntax", place, reason="{...}")
        return cls.from_dict(data, place)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that :meth:`from_dict` reads back to an equal record."""
        return self.model_dump(mode="json", exclude_defaults=True, by_alias=True) | {
            "schema_version": self.schema_version
        }

    def save(self, path: str | Path) -> None:
        """Write the record as TOML or JSON, by the file's ending, in one step.

        Raises
        ------
        MentorMatchError
            When the name ends otherwise.
        OSError
            When the folder can't be written.
        """
        path = Path(path)
        if path.suffix == ".toml":
            import tomli_w  # noqa: PLC0415 - only writers need it

            content = tomli_w.dumps(self.to_dict())
        elif path.suffix == ".json":
            content = json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"
        else:
            raise self.error.of("record.suffix", Place(file=path.name))
        write_atomically(path, content.encode())


def defects_of(error: ValidationError, model: type[BaseModel], place: Place) -> list[Defect]:
    """Turn a validation error into located defects that hold no value a person wrote.

    A validator of ours raises ``PydanticCustomError`` whose type is a key of the
    message catalogue; everything else gets a sentence of the catalogue by its kind.
    """
    found = []
    for detail in error.errors(include_input=False, include_url=False):
        field = _path(detail["loc"])
        where = Place(file=place.file, field=field or None)
        found.append(_defect(detail, model, where))
    return found


def _defect(detail: ErrorDetails, model: type[BaseModel], where: Place) -> Defect:
    kind = detail["type"]
    if messages.has(f"{kind}.problem"):
        return Defect(kind, where, detail.get("ctx", {}))
    if kind == "missing":
        return Defect("record.missing", where)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(detail["loc"][-1]), _keys(model), n=1)
        if near:
            return Defect("record.unknown-key-near", where, {"near": near[0]})
        return Defect("record.unknown-key", where)
    return Defect("record.value", where, {"reason": detail["msg"]})


def _path(location: tuple[int | str, ...]) -> str:
    """Write a location as people do: ``forms[0].weights``."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _keys(model: type[BaseModel]) -> set[str]:
    """Collect the keys of a model and of every model inside it."""
    keys: set[str] = set()
    queue: list[type[BaseModel]] = [model]
    seen: set[type[BaseModel]] = set()
    while queue:
        current = queue.pop()
        if current in seen:
            continue
        seen.add(current)
        for name, info in current.model_fields.items():
            keys.add(info.alias or name)
            queue += _models_in(info.annotation)
    return keys


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    inner: list[type[BaseModel]] = []
    for argument in getattr(annotation, "__args__", ()):
        inner += _models_in(argument)
    return inner
