"""Who is who: names and keys of source systems against person tokens.

A key met before keeps its token. A new one is recognised by its e-mail
address, or by a full name that only one known person bears; else it gets a
token of its own. Tokens are random and say nothing about the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from pmo_analytics.warehouse.connection import Connection


@dataclass(frozen=True)
class PersonKey:
    """A person as a file names them; `key` is folded to lower case."""

    key: str
    name: str | None
    email: str | None


@dataclass
class Resolution:
    """Tokens by key, and what the personal lake has to learn."""

    tokens: dict[str, str] = field(default_factory=dict)
    new_aliases: list[tuple[str, str, str]] = field(default_factory=list)
    new_identities: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)


def _fold(text: str | None) -> str | None:
    return " ".join(text.split()).casefold() if text and text.strip() else None


def resolve(connection: Connection, source: str, keys: list[PersonKey], new_token: Callable[[], str]) -> Resolution:
    """Tokens for the persons of a file from `source`, by what committed loads know."""
    aliases = {
        (str(s), str(k)): str(token)
        for s, k, token in connection.execute(
            "SELECT source, external_key, person_id FROM personal.main.person_alias "
            "WHERE load_id IN (SELECT load_id FROM lake.meta.load)"
        ).fetchall()
    }
    emails: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    known: dict[str, tuple[str | None, str | None]] = {}
    for token, name, email in connection.execute(
        "SELECT i.person_id, i.name, i.email FROM personal.main.person_identity AS i "
        "JOIN lake.meta.load AS l ON l.load_id = i.load_id ORDER BY l.version"
    ).fetchall():
        known[str(token)] = (name, email)
        if folded := _fold(email):
            emails[folded] = str(token)
        if folded := _fold(name):
            names.setdefault(folded, set()).add(str(token))
    result = Resolution()
    # A bare name as key is no second account of its bearer.
    bearers = Counter(_fold(person.name) for person in keys if person.name and person.key != _fold(person.name))
    by_email = by_name = 0
    for person in sorted(keys, key=lambda p: p.key):
        email, name = _fold(person.email), _fold(person.name)
        token = aliases.get((source, person.key))
        if token is None:
            if email and email in emails:
                token, by_email = emails[email], by_email + 1
            elif source == "register" and person.key.upper() in known:
                token = person.key.upper()
            elif ("register", person.key) in aliases:
                token = aliases["register", person.key]
            elif name and len(names.get(name, ())) == 1 and bearers[name] <= 1:
                token, by_name = next(iter(names[name])), by_name + 1
            else:
                token = new_token()
            result.new_aliases.append((source, person.key, token))
        had = known.get(token, (None, None))
        now = (person.name or had[0], person.email or had[1])
        if now != had and (source == "register" or None in had):
            result.new_identities.append((token, *now))
            known[token] = now
        if email:
            emails.setdefault(email, token)
        result.tokens[person.key] = token
    if by_email:
        result.assumptions.append(f"{by_email} persons recognised by their e-mail address")
    if by_name:
        result.assumptions.append(f"{by_name} persons recognised by their full name")
    return result
