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

REGISTER = "register"
_BY_EMAIL, _BY_NAME = "e-mail address", "full name"


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


class _Known:
    """What committed loads know of persons: aliases by source and key, tokens by e-mail address and by name."""

    def __init__(self, connection: Connection) -> None:
        self.aliases = {
            (str(source), str(key)): str(token)
            for source, key, token in connection.execute(
                "SELECT source, external_key, person_id FROM personal.main.person_alias "
                "WHERE load_id IN (SELECT load_id FROM lake.meta.load)"
            ).fetchall()
        }
        self.emails: dict[str, str] = {}
        self.names: dict[str, set[str]] = {}
        self.identities: dict[str, tuple[str | None, str | None]] = {}
        for token, name, email in connection.execute(
            "SELECT i.person_id, i.name, i.email FROM personal.main.person_identity AS i "
            "JOIN lake.meta.load AS l ON l.load_id = i.load_id ORDER BY l.version"
        ).fetchall():
            self.identities[str(token)] = (name, email)
            if folded := _fold(email):
                self.emails[folded] = str(token)
            if folded := _fold(name):
                self.names.setdefault(folded, set()).add(str(token))

    def recognise(self, source: str, person: PersonKey, *, bearers: int) -> tuple[str | None, str]:
        """The token of a person whose key is new in this source, and by what it was recognised."""
        email, name = _fold(person.email), _fold(person.name)
        if email and email in self.emails:
            return self.emails[email], _BY_EMAIL
        if source == REGISTER and person.key.upper() in self.identities:
            return person.key.upper(), ""
        if (REGISTER, person.key) in self.aliases:
            return self.aliases[REGISTER, person.key], ""
        if name and len(self.names.get(name, ())) == 1 and bearers <= 1:
            return next(iter(self.names[name])), _BY_NAME
        return None, ""


def resolve(connection: Connection, source: str, keys: list[PersonKey], new_token: Callable[[], str]) -> Resolution:
    """Tokens for the persons of a file from `source`, by what committed loads know."""
    known = _Known(connection)
    result = Resolution()
    # A bare name as key is no second account of its bearer.
    bearers = Counter(_fold(person.name) for person in keys if person.name and person.key != _fold(person.name))
    recognised: Counter[str] = Counter()
    for person in sorted(keys, key=lambda p: p.key):
        token = known.aliases.get((source, person.key))
        if token is None:
            token, how = known.recognise(source, person, bearers=bearers[_fold(person.name)])
            token = token or new_token()
            recognised[how] += 1
            result.new_aliases.append((source, person.key, token))
        had = known.identities.get(token, (None, None))
        now = (person.name or had[0], person.email or had[1])
        if now != had and (source == REGISTER or None in had):
            result.new_identities.append((token, *now))
            known.identities[token] = now
        if email := _fold(person.email):
            known.emails.setdefault(email, token)
        result.tokens[person.key] = token
    result.assumptions += [
        f"{recognised[how]} persons recognised by their {how}" for how in (_BY_EMAIL, _BY_NAME) if recognised[how]
    ]
    return result
