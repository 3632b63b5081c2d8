"""Requests to the explorer made to run code, read files, crash or hang it; run as a script.

Whatever a browser, a stranger's page or a program sends: a refusal is an answer of 4xx with words,
and nothing of another user's or of the machine's files may be in what comes back.
"""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import trial

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

from hostile_files import HEAVY, RAW, REFUSED

from sigmajet.explore.server import create_app

TOKEN = "the-token-of-a-test"
SOUND = {
    "unknowns": "u(x)",
    "equations": "u'' = -u",
    "region": "x = [0, 1]",
    "conditions": "u(0) = 0\nu(1) = 1",
    "parameters": "",
    "time": "",
    "tol": "1e-6",
}
THINGS = (
    *(None, True, -1, 1e999, "", " ", "\0", "\x1b[31m", [], {}, [[]], {"a": {}}, "é" * 9, "=" * 99),
    *("<script>alert(1)</script>", "]\n[solve]\ncheckpoint = '/etc/passwd'", '"\n"', "\\", "'''"),
    *("\r\n\r\n", "${HOME}", "../../etc/passwd", "\u202e", "[" * 5000, "a = b = c", "x = [0, 1] #"),
)
PATHS = (
    *("/static/../server.py", "/static/%2e%2e%2fserver.py", "/static/index.html%00", "/static/"),
    *("/jobs/1/../../x", "/jobs/1/%2e%2e%2fproblem.toml", "/jobs/-1", "/jobs/99999999999999999999"),
    *("/jobs/1", "/jobs/1/picture.png", "/jobs/1/solution.npz", "/jobs/x", "//etc/passwd", "/jobs"),
    *("/derivative/sigmoid/-1", "/derivative/sigmoid/65", "/derivative/sigmoid/9" + "9" * 400),
    *("/derivative/__class__/1", "/derivative/sigmoid/1.5", "/derivative//1", "/derivative/x/1/2"),
    *("/" + "a" * 9000, "/check", "/jobs/1/stop", "/.env", "/openapi.json", "/?token=wrong"),
)
SECRETS = ("root:", "create_app", "Traceback", TOKEN)


def told(response: Any) -> None:
    """Raise where an answer is a fault, or holds what it must not."""
    if response.status_code >= 500:
        raise RuntimeError(f"status {response.status_code}")
    if any(secret in response.text for secret in SECRETS):
        raise RuntimeError(f"told a secret: {response.text[:80]}")
    if response.status_code >= 400:
        raise PermissionError


def fields(**changed: Any) -> dict[str, Any]:
    return {**SOUND, **changed}


def requests(client: TestClient) -> Iterator[tuple[str, Callable[[], Any]]]:
    """All of them, by what they say."""
    known = {"X-Token": TOKEN}

    def send(method: str, path: str, **more: Any) -> Callable[[], None]:
        return lambda: told(
            client.request(method, path, headers={**known, **more.pop("headers", {})}, **more)
        )

    for method, path in itertools.product(("GET", "POST", "PUT", "DELETE"), PATHS):
        yield f"{method} {path[:60]}", send(method, path)
    for token, host in itertools.product(
        ("", "wrong", "é".encode(), TOKEN[:-1]),
        ("127.0.0.1", "evil.example", "", "127.0.0.1.evil.example"),
    ):
        for path in ("/", "/derivative/sigmoid/3", "/jobs/1"):
            said = {"X-Token": token, "Host": host}
            yield f"GET {path} with {token!r} at {host}", send("GET", path, headers=said)
    for body in (
        *(b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000, b"nan", b"{}" * 9),
        *(b'{"a":' * 50_000, b'{"tol": ' + b"9" * 60_000 + b"}", b" " * 300_000, b"\0"),
    ):
        for path in ("/check", "/jobs"):
            yield f"POST {path} {body[:20]!r} ({len(body)})", send("POST", path, content=body)
    for key, value in itertools.product(SOUND, THINGS):
        body = json.dumps(fields(**{key: value})).encode()
        yield f"check {key} = {value!r:.60}", send("POST", "/check", content=body)
    for key, value in itertools.product(("values", "tol"), THINGS):
        if key == "tol" and value in (None, ""):
            continue  # by default, which would solve
        body = json.dumps(fields(**{key: value, "conditions": "u(0) = v"})).encode()
        yield f"solve {key} = {value!r:.60}", send("POST", "/jobs", content=body)
    for name, text in {**REFUSED, **HEAVY}.items():
        body = json.dumps(fields(equations=f"u'' = {text}")).encode()
        yield f"check the equation {name}", send("POST", "/check", content=body)
    for name, text in RAW.items():
        body = json.dumps(fields(region=text)).encode()
        yield f"check the region {name}", send("POST", "/check", content=body)


def main() -> None:
    warnings.simplefilter("ignore")
    with TestClient(
        create_app(TOKEN), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        made = list(requests(client))[trial.every()]
        trial.begin()
        for name, request in made:
            trial.tell(name, *trial.tried(request, (PermissionError,)))


if __name__ == "__main__":
    main()
