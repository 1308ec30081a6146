"""Who this worker's peers are, what it holds of them, and how it talks to them."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

from console import context_headers, fingerprint
from refusal import Refusal

TIMEOUT_S = 10
LARGEST_ANSWER = 256 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def fetch(method, url, body=None, headers=None):
    """Status, headers in lower case, and text of an answer; raises `Refusal` with `no_answer`."""
    request = urllib.request.Request(url, data=None if body is None else body.encode(), method=method)
    for name, value in {"Content-Type": "application/json", **context_headers(), **(headers or {})}.items():
        request.add_header(name, value)
    try:
        with _opener.open(request, timeout=TIMEOUT_S) as response:
            return _read(response.status, response)
    except urllib.error.HTTPError as error:
        return _read(error.code, error)
    except OSError as error:
        raise Refusal(502, "no_answer", f"{url} did not answer: {error}") from error


def _read(status, response):
    data = response.read(LARGEST_ANSWER + 1)
    if len(data) > LARGEST_ANSWER:
        raise Refusal(502, "no_answer", f"the answer has more than {LARGEST_ANSWER} bytes")
    return status, {name.lower(): value for name, value in response.headers.items()}, data.decode()


def expect_ok(answer, what):
    status, headers, text = answer
    if status == 200:
        return headers, text
    try:
        code = json.loads(text)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        code = f"HTTP {status}"
    raise Refusal(502, code, f"the peer refused {what} with {code}")


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def token_facts(token):
    """What an event may say of a token: its claims, never the token."""
    return {"claims": claims_of(token), "fingerprint": fingerprint(token)}


class Peers:
    def __init__(self):
        self._known = []
        self._held = {}

    def replace(self, peers):
        self._known = peers

    def aids(self):
        return [peer["aid"] for peer in self._known]

    def pin_of(self, manifest_url):
        return next((peer["aid"] for peer in self._known if peer["manifest_url"] == manifest_url), None)

    def address_of(self, aid):
        for peer in self._known:
            if peer["aid"] == aid:
                return origin_of(peer["manifest_url"])
        raise Refusal(412, "no_held_tct", f"nothing is known of {aid}")

    def hold(self, aid, token, origin):
        """A TCT is only ever sent to the origin of the handshake that it came from."""
        self._held[aid] = (token, origin)

    def held(self, aid):
        if aid not in self._held:
            raise Refusal(412, "no_held_tct", f"no TCT is held from {aid}; shake hands first")
        return self._held[aid]


def origin_of(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
