"""The address of a camera, and how it may be shown."""

import re

_USER = re.compile(r"(://[^\s:@/?]*):\S*@")
_KEY = re.compile(r"((?:pass(?:word|wd)?|pwd|token)=)[^&_;\s]+", re.IGNORECASE)


def redacted(url: str) -> str:
    """`url` for a log: without the password before its host, nor one given as `password=`.

    A password may hold `@`, `/` or `:` unescaped, so all up to the last `@` is hidden: rather
    too little is shown than too much.
    """
    return _KEY.sub(r"\1***", _USER.sub(r"\1:***@", url))
