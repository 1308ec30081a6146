"""What the console gives a worker and wants to hear from it (docs/worker-contract.md)."""

import contextvars
import hashlib
import json
import os
import re
import secrets
import sys
import threading
import time
import urllib.request

# The host's operation and trace of the request being answered.
_operation = contextvars.ContextVar("operation", default=None)
_trace = contextvars.ContextVar("trace", default=None)


def read_bootstrap():
    """Reads the bootstrap file and removes it, so that the seed lies nowhere any more."""
    path = os.environ["AITP_BOOTSTRAP_FILE"]
    with open(path, encoding="utf-8") as file:
        bootstrap = json.load(file)
    os.remove(path)
    return bootstrap


def enter_request(headers):
    """Takes cause and trace from the headers of a request."""
    found = re.search(r"(?:^|,)\s*aitp\.operation=([0-9a-f]{16})", headers.get("baggage") or "")
    _operation.set(found.group(1) if found else None)
    parent = re.match(r"00-([0-9a-f]{32})-[0-9a-f]{16}-", headers.get("traceparent") or "")
    _trace.set(parent.group(1) if parent else secrets.token_hex(16))


def context_headers():
    """Headers that pass cause and trace on, under a span of our own."""
    headers = {"traceparent": f"00-{_trace.get() or secrets.token_hex(16)}-{secrets.token_hex(8)}-01"}
    if _operation.get():
        headers["baggage"] = f"aitp.operation={_operation.get()}"
    return headers


def fingerprint(token):
    return hashlib.sha256(token.encode()).hexdigest()[:16]


class Telemetry:
    """Gathers events in order; `flush` sends them before anybody is answered."""

    def __init__(self, url, secret):
        self._url = url
        self._secret = secret
        self._seq = 0
        self._items = []
        self._lock = threading.Lock()

    def event(self, type_, **members):
        with self._lock:
            self._seq += 1
            self._items.append(
                {
                    "item": "event",
                    "agent_seq": self._seq,
                    "ts": time.time(),
                    "operation": _operation.get(),
                    "event": {"type": type_, **members},
                }
            )

    def flush(self):
        with self._lock:
            items, self._items = self._items, []
            if not items:
                return
            request = urllib.request.Request(
                self._url,
                data=json.dumps({"items": items}).encode(),
                headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._secret}"},
            )
            try:
                urllib.request.urlopen(request, timeout=3).close()
            except OSError as error:  # a console that is away costs the report, never the answer
                print(f"telemetry was not delivered: {error}", file=sys.stderr)
