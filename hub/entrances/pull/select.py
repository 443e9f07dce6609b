"""Tells a SELECT from anything else, before a database sees it.

The second of three guards: the account should have no right but to read, and PostgreSQL and
SQLite are told to refuse writing.
"""

import re

_LITERAL = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]")
_WRITES = re.compile(
    r"\b(alter|analyze|attach|begin|call|commit|copy|create|delete|detach|do|drop|exec|execute|"
    r"grant|insert|into|listen|load|lock|merge|notify|pragma|prepare|refresh|reindex|revoke|"
    r"rollback|savepoint|set|truncate|update|vacuum)\b",
    re.IGNORECASE,
)


class NotASelect(ValueError):
    """Says what in the query is not allowed."""


def only_select(query: str) -> None:
    """Raises NotASelect for what is not exactly one SELECT (or WITH … SELECT)."""
    if "\\" in query or "$$" in query or re.search(r"\$\w+\$", query):
        raise NotASelect("write it without backslashes and dollar quotes")
    bare = _LITERAL.sub("''", query).strip().removesuffix(";")
    if "--" in bare or "/*" in bare or "#" in bare:
        raise NotASelect("write it without comments")
    if ";" in bare:
        raise NotASelect("only one statement is allowed")
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise NotASelect("only a SELECT is allowed")
    if found := _WRITES.search(bare):
        raise NotASelect(f"only a SELECT is allowed; {found[0].upper()} is not one")
