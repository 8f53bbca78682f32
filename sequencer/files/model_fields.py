"""Which keys does a place in a file know? Answered by walking the model with the path."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

Model = type[BaseModel]


def keys_of(model: Model) -> dict[str, FieldInfo]:
    """Fields of a model by the key that people write."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def known_at(model: Model, path: Sequence[str | int]) -> tuple[str, ...]:
    """Keys that the mapping at that path may have; empty where any key is allowed."""
    annotation: Any = model
    for part in path:
        annotation = step_into(annotation, part)
    found = model_in(annotation)
    return tuple(keys_of(found)) if found else ()


def step_into(annotation: Any, part: str | int) -> Any:
    """Annotation of what lies under that key or index; None where nothing does."""
    for option in options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            field = keys_of(option).get(str(part))
            if field is not None:
                return field.annotation
        elif get_origin(option) is dict:
            return get_args(option)[1]
        elif get_origin(option) in {list, tuple} and isinstance(part, int):
            return get_args(option)[0]
    return None


def model_in(annotation: Any) -> Model | None:
    """The model that the annotation names, directly or as an option."""
    for option in options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def options(annotation: Any) -> Iterator[Any]:
    """The types that a value may have: members of a union, None left out, `Annotated` removed."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from options(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for option in get_args(annotation):
            yield from options(option)
    elif annotation is not type(None):
        yield annotation


def is_group(annotation: Any) -> bool:
    """Whether it holds further settings by name."""
    return model_in(annotation) is not None or any(
        get_origin(option) is dict for option in options(annotation)
    )


def is_list(annotation: Any) -> bool:
    """Whether it is a list of single values."""
    return any(get_origin(option) in {list, tuple} for option in options(annotation))


def is_secret(annotation: Any) -> bool:
    """Whether a value of that annotation is a secret, or a list of secrets."""
    return any(
        member is SecretStr
        for option in options(annotation)
        for entry in (option, *get_args(option))
        for member in options(entry)
    )
