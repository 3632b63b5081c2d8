"""The page's server: on this machine's loopback only, for who has the token of its address.

Every answer but those of the fixed files asks for the token, so that neither another user of the
machine nor a page of a stranger, which could make the browser call here, can solve or read; and
the name in the Host header has to be this machine's.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..errors import FileError, SigmajetError
from ..problem.text.toml import LARGEST
from .derivatives import FUNCTIONS, describe
from .jobs import Job, Jobs
from .statement import check, problem_file, python_file

__all__ = ["create_app", "serve"]

_HIGHEST = 64  # order: by then the sum over powers has lost all its digits, 26 times over
_KINDS = {
    "index.html": "text/html",
    "explore.css": "text/css",
    "explore.js": "text/javascript",
    "noto-sans-math.woff2": "font/woff2",
}
# No script, style or picture from elsewhere, and none that a text could smuggle into the page.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(token: str) -> Starlette:
    """The application, for who has the token."""

    @contextlib.asynccontextmanager
    async def jobs_of(app: Starlette) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory(prefix="sigmajet-explore-") as folder:
            app.state.jobs = Jobs(Path(folder))
            yield
            app.state.jobs.close()

    def guarded(endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            given = request.headers.get("X-Token") or request.query_params.get("token", "")
            if not hmac.compare_digest(given.encode(), token.encode()):
                return PlainTextResponse("the address lacks its token", 403, _HEADERS)
            try:
                response = await endpoint(request)
            except SigmajetError as error:
                response = JSONResponse({"error": str(error)}, 422)
            response.headers.update(_HEADERS)
            return response

        return answer

    return Starlette(
        routes=[
            Route("/", guarded(_page)),
            Route("/static/{name}", _static),
            Route("/derivative/{function}/{order:int}", guarded(_derivative)),
            Route("/check", guarded(_check), methods=["POST"]),
            Route("/jobs", guarded(_begin), methods=["POST"]),
            Route("/jobs/{number:int}", guarded(_look)),
            Route("/jobs/{number:int}/stop", guarded(_stop), methods=["POST"]),
            Route("/jobs/{number:int}/{name}", guarded(_file)),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
        ],
        lifespan=jobs_of,
    )


def serve(port: int, ready: Callable[[str], None]) -> None:
    """Serve the page on the loopback until interrupted; `ready` is told its address.

    Raises
    ------
    FileError
        If the port is taken.
    """
    token = secrets.token_urlsafe(16)
    with socket.socket() as listening:
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen()  # a browser that comes before the server waits for it
        except OSError as error:
            raise FileError(f"port {port}: {error.strerror}; give another one, or none") from None
        with contextlib.suppress(KeyboardInterrupt):
            ready(f"http://127.0.0.1:{listening.getsockname()[1]}/?token={token}")
            config = uvicorn.Config(create_app(token), log_level="warning", access_log=False)
            uvicorn.Server(config).run([listening])


async def _page(request: Request) -> Response:
    return _shipped("index.html")


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    return _shipped(name) if name in _KINDS else PlainTextResponse("no such file", 404, _HEADERS)


def _shipped(name: str) -> Response:
    content = (resources.files(__package__) / "static" / name).read_bytes()
    return Response(content, media_type=_KINDS[name], headers=_HEADERS)


async def _derivative(request: Request) -> Response:
    function, order = request.path_params["function"], request.path_params["order"]
    if function not in FUNCTIONS or not 0 <= order <= _HIGHEST:
        raise FileError(f"got {function!r:.20} and {order}, expected orders 0 to {_HIGHEST}")
    return JSONResponse(await run_in_threadpool(describe, function, order))


async def _check(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(check, await _fields(request)))


async def _begin(request: Request) -> Response:
    fields = await _fields(request)
    try:
        tol = float(fields.get("tol") or 1e-6)
    except (TypeError, ValueError):
        raise FileError(f"tolerance: got {fields['tol']!r:.60}, expected a number") from None
    values = fields.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise FileError("values: expected texts by the names of parameters")
    number = request.app.state.jobs.begin(problem_file(fields), values, tol)
    return JSONResponse({"job": number})


async def _look(request: Request) -> Response:
    return JSONResponse(_job(request).look())


async def _stop(request: Request) -> Response:
    _job(request).stop()
    return JSONResponse(_job(request).look())


async def _file(request: Request) -> Response:
    job, name = _job(request), request.path_params["name"]
    if name == "solution.py":
        path = job.folder / "problem.toml"
        text = path.read_text(encoding="utf-8") if path.exists() else job.text
        return PlainTextResponse(
            python_file(text, job.tol),
            headers={"Content-Disposition": 'attachment; filename="solution.py"'},
        )
    if (
        name not in ("picture.png", "solution.npz", "problem.toml")
        or not (job.folder / name).exists()
    ):
        return PlainTextResponse("no such file", 404)
    shown = {} if name == "picture.png" else {"filename": name}  # a download, or a picture
    return FileResponse(job.folder / name, **shown)


def _job(request: Request) -> Job:
    try:
        job: Job = request.app.state.jobs[request.path_params["number"]]
    except KeyError:
        raise FileError("there is no such solve") from None
    return job


async def _fields(request: Request) -> dict[str, Any]:
    """The body of a request, which is bounded as a problem file is."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 2 * LARGEST:
            raise FileError(f"longer than {LARGEST // 1024} KiB")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise FileError("the request is no JSON") from None
    if not isinstance(fields, dict):
        raise FileError("the request holds no fields")
    return fields
