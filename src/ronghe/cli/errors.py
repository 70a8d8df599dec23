"""How a command ends: errors of the tree are one readable line and status 2, anything else is a fault and status 1."""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from ronghe.cli.words import say
from ronghe.core.errors import BadRequest, RongheError, StoreError

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)


def told(app: Callable[..., Any], words: Sequence[str]) -> int:
    """Runs `app` on the words of a command line; tells what went wrong on stderr."""
    try:
        _checked(words)
        status = app(args=list(words), prog_name="ronghe", standalone_mode=True)
    except SystemExit as end:
        return _status(end)
    except RongheError as error:
        return _line(error)
    except KeyboardInterrupt:
        print(say("stopped", "已停止"), file=sys.stderr)
        return 130
    except BrokenPipeError:  # `ronghe … | head`: the reader had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _line(StoreError(_unwritten(error))) if error.errno in _UNWRITABLE else _fault()
    except Exception:
        return _fault()
    return status if isinstance(status, int) else 0


def _checked(words: Sequence[str]) -> None:
    """BadRequest for a word that is no UTF-8: the system hands its bytes on as half letters."""
    for word in words:
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            raise BadRequest(f"{word[:40]!r} is no UTF-8; right would be words in the terminal's encoding, set to UTF-8")


def _unwritten(error: OSError) -> str:
    """What the disk refused, and that nothing is half done."""
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    return say(f"cannot write: {what}; what was there before serves on, what was finished is kept: mend it and run this again",
               f"无法写入: {what}; 原有内容照常使用, 已完成的部分保留; 解决后请重新运行")  # fmt: skip


def _status(end: SystemExit) -> int:
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
        return 2
    return end.code or 0


def _line(error: RongheError) -> int:
    text = str(error) or type(error).__name__
    print(f"ronghe: {text}", file=sys.stderr)
    return 2


def _fault() -> int:
    import traceback

    traceback.print_exc()
    hint = say("This is a fault in Ronghe, not in what you did. Please report it with the lines above.",
               "这是融合自身的错误, 请附上以上内容报告。")  # fmt: skip
    print(f"ronghe: {hint}", file=sys.stderr)
    return 1
