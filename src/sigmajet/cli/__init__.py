"""The `sigmajet` command: words on a command line become calls, results become tables.

Numbers go to standard output and can be piped; progress, warnings and errors go to standard error.
Exit codes: 0 done, 1 solved but the tolerance was not met, 2 the statement, a file or an argument
is wrong, 3 a fault of sigmajet itself.
"""

from .app import app, main

__all__ = ["app", "main"]
