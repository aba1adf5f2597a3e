"""Sending an alert to the webhook that pmo.toml names: one POST of JSON, and whatever goes wrong in words."""

from __future__ import annotations

from urllib.parse import urlsplit

from pmo_analytics.errors import PmoError

TIMEOUT_SECONDS = 10.0


def send(url: str, payload: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> int:
    """Post the payload; the status of the answer. Raises PmoError where it is not taken; nothing is tried again.

    The address holds a secret: errors name its host alone. No redirect is
    followed, so that the alert goes nowhere else.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return None

    host = urlsplit(url).hostname
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = Request(url, data=payload.encode("ascii"), headers=headers, method="POST")  # noqa: S310
    try:
        with build_opener(Stay).open(request, timeout=timeout_seconds) as answer:
            return int(answer.status)
    except HTTPError as problem:
        found = f"{host} answered {problem.code}"
        problem.close()
    except (OSError, HTTPException, ValueError) as problem:
        reason = getattr(problem, "reason", problem)
        found = f"{host}: {reason if not isinstance(reason, Exception) else str(reason) or type(reason).__name__}"
    raise PmoError(
        "the alert was not sent", found=found, expected=f"an answer of success within {timeout_seconds:g} seconds",
        hint="check webhook_url in [escalation] of pmo.toml; `pmo alerts text` without --send prints what is sent",
    )  # fmt: skip
