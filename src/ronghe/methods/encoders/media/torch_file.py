"""Tensors out of a file that torch.save wrote before version 1.6: its opcodes are read as text, nothing that it names is made."""

import pickletools
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ronghe.core.errors import BadArtifact

KINDS: dict[str, np.dtype[Any]] = {"torch FloatStorage": np.dtype("<f4"), "torch LongStorage": np.dtype("<i8")}
_MARK = object()
_Stack = list[Any]


def tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Every tensor of a state dictionary by its name. BadArtifact when the file is none.

    The file is five texts of opcodes (mark, version, machine, state, keys of the storages), then each storage: count, values.
    """
    stream = BytesIO(path.read_bytes())
    try:
        _, version, _, state, keys = (_value(stream) for _ in range(5))
        if version != 1001:
            raise BadArtifact(f"{path} is of version {version}; right would be 1001")
        named = dict(_tensors(state))
        storage = {key: _storage(stream, KINDS[kind]) for key in keys for kind in [_kind(named, key)]}
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise BadArtifact(f"{path} is no file of torch tensors: {error}") from error
    return {name: _shaped(storage[key], *how) for name, (_, key, *how) in named.items()}


def _tensors(state: _Stack) -> list[tuple[str, tuple[Any, ...]]]:
    """(name, (kind, storage key, first, shape, strides)) of each tensor in what was put into the dictionary."""
    if not isinstance(state, list):
        raise ValueError("its state is no dictionary")
    pairs = list(zip(state[0::2], state[1::2], strict=True))
    if strange := [name for name, made in pairs if made[0] != "torch._utils _rebuild_tensor_v2"]:
        raise ValueError(f"{strange[0]} is no tensor")
    return [(name, (made[1][0][1], made[1][0][2], *made[1][1:4])) for name, made in pairs]


def _kind(named: dict[str, tuple[Any, ...]], key: str) -> str:
    return next(str(kind) for kind, held, *_ in named.values() if held == key)


def _storage(stream: BytesIO, kind: np.dtype[Any]) -> NDArray[Any]:
    count = int.from_bytes(stream.read(8), "little")
    return np.frombuffer(stream.read(count * kind.itemsize), kind)


def _shaped(flat: NDArray[Any], first: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> NDArray[Any]:
    last = first + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    if last >= len(flat):
        raise BadArtifact(f"a tensor of shape {shape} does not lie in a storage of {len(flat)}")
    return as_strided(flat[first:], shape, [step * flat.itemsize for step in strides]).copy()


def _value(stream: BytesIO) -> Any:
    """What one text of opcodes stands for, in tuples, lists, texts and numbers: a call is (name, arguments)."""
    stack: _Stack = []
    memo: dict[Any, Any] = {}
    for opcode, argument, _ in pickletools.genops(stream):
        name = opcode.name
        if name == "STOP":
            return stack.pop()
        if name in ("BINPUT", "LONG_BINPUT"):
            memo[argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        else:
            _STEPS.get(name, _plain)(stack, argument)
    raise ValueError("it has no end")


def _plain(stack: _Stack, argument: Any) -> None:
    stack.append(argument)


def _since_mark(stack: _Stack) -> _Stack:
    at = len(stack) - 1 - next(i for i, held in enumerate(reversed(stack)) if held is _MARK)
    taken = stack[at + 1 :]
    del stack[at:]
    return taken


def _last(stack: _Stack, count: int) -> _Stack:
    taken = stack[len(stack) - count :]
    del stack[len(stack) - count :]
    return taken


def _filled(stack: _Stack, _: Any) -> None:
    values = _since_mark(stack)
    held = stack.pop()
    stack.append(values if isinstance(held, tuple) else held + values)  # an OrderedDict was a call: what it holds is enough


def _nothing(stack: _Stack, _: Any) -> None:
    """PROTO says nothing, and BINPERSID follows the tuple that names a storage."""


def _dropped(stack: _Stack, _: Any) -> None:
    """BUILD: what a dictionary knows beside its entries."""
    stack.pop()


_STEPS: dict[str, Callable[[_Stack, Any], None]] = {
    "PROTO": _nothing,
    "MARK": lambda stack, _: stack.append(_MARK),
    "EMPTY_TUPLE": lambda stack, _: stack.append(()),
    "EMPTY_LIST": lambda stack, _: stack.append([]),
    "EMPTY_DICT": lambda stack, _: stack.append([]),
    "NEWTRUE": lambda stack, _: stack.append(True),
    "NEWFALSE": lambda stack, _: stack.append(False),
    "TUPLE": lambda stack, _: stack.append(tuple(_since_mark(stack))),
    "TUPLE1": lambda stack, _: stack.append(tuple(_last(stack, 1))),
    "TUPLE2": lambda stack, _: stack.append(tuple(_last(stack, 2))),
    "TUPLE3": lambda stack, _: stack.append(tuple(_last(stack, 3))),
    "REDUCE": lambda stack, _: stack.append(tuple(_last(stack, 2))),
    "BINPERSID": _nothing,
    "SETITEMS": _filled,
    "APPENDS": _filled,
    "SETITEM": lambda stack, _: stack.append([*stack.pop(-3), *_last(stack, 2)]),
    "BUILD": _dropped,
}
