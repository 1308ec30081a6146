"""A small agent on the published SDK, reachable over HTTP on loopback.

Reads its configuration as one JSON object from the first line of standard input, then serves until standard input
ends:

    {"seed": "...", "name": "...", "offered": ["..."], "suite": "ed25519", "issuer": null}

With "issuer" it presents an OIDC identity, and asks the address in "mint_url" for its tokens.

    GET  /.well-known/aitp-manifest
    POST /aitp/handshake/hello, /aitp/handshake/commit
    POST /capabilities/NAME          with a TCT of this agent in X-AITP-TCT
    POST /control/pins               {"aids": [...], "jwks": {...}, "anchors": [...]}
    POST /control/handshake          {"manifest_url": "...", "grants": [...]}
    POST /control/call               {"url": "...", "tct": "...", "body": {...}}
"""

import base64
import json
import re
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import aitp

config = json.loads(sys.stdin.readline())
trusted = {"aids": [], "jwks": {}, "anchors": []}
responders = {}


def call(function, *positional, **optional):
    names = set(re.findall(r"[a-z_][a-z0-9_]*", getattr(function, "__text_signature__", None) or ""))
    return function(*positional, **{k: v for k, v in optional.items() if v is not None and k in names})


agent = aitp.AitpAgent.from_seed(bytes.fromhex(config["seed"]), config.get("suite", "ed25519"))


def mint_for(audience):
    """What the SDK asks for a token with; the issuer is a server of the test."""

    def mint(nonce):
        wanted = {
            "sub": config["name"],
            "aud": audience,
            "nonce": nonce,
            "jkt": aitp.compute_aid_jkt(agent.aid),
        }
        return json.loads(fetch("POST", config["mint_url"], json.dumps(wanted))[2])["jwt"]

    return mint if config.get("issuer") else None


def fetch(method, url, body=None, headers=None):
    data = None if body is None else body.encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, dict(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def expect_ok(answer, what):
    status, headers, body = answer
    if status != 200:
        raise RuntimeError(f"{what} was answered with {status}: {body[:400]}")
    return {name.lower(): value for name, value in headers.items()}, body


def session_inputs():
    return {
        "jwks": aitp.JwksProvider(trusted["jwks"]) if trusted["jwks"] else None,
        "trust_anchors": trusted["anchors"] or None,
        "pinned_keys": trusted["aids"],
    }


def initiate(manifest_url, grants):
    _, manifest = expect_ok(fetch("GET", manifest_url), "the manifest request")
    peer = json.loads(manifest)["manifest"]
    session = call(agent.new_session, **session_inputs())
    endpoint = peer["handshake_endpoint"]
    hello = session.build_hello(manifest, grants, mint_for(peer["aid"]))
    answer = fetch("POST", urllib.parse.urljoin(endpoint, "hello"), hello)
    headers, ack = expect_ok(answer, "the hello")
    session_id = headers["x-aitp-session-id"]
    commit = session.process_hello_ack(ack, session_id)
    answer = fetch(
        "POST", urllib.parse.urljoin(endpoint, "commit"), commit, {"X-Aitp-Session-Id": session_id}
    )
    _, commit_ack = expect_ok(answer, "the commit")
    completed = json.loads(call(session.complete, commit_ack, revoked_jtis=set()))
    return {"peer_aid": peer["aid"], **completed}


def receive_hello(body):
    session = call(agent.new_responder, **session_inputs())
    sender = json.loads(body)["sender"]["agent_id"]
    ack, _ = session.process_hello(body, mint_for(sender))
    session_id = str(uuid.uuid4())
    responders[session_id] = session
    return ack, session_id


def invoke(capability, token):
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    verified = call(
        agent.verify_tct, token, capability, expected_audience=claims["sub"], revoked_jtis=set()
    )
    if verified.peer_aid != agent.aid:
        raise RuntimeError("the token is of another issuer")
    return {"capability": capability, "caller": claims["sub"]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def answer(self, status, body, headers=None):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, error):
        code = getattr(error, "code", None) or type(error).__name__
        self.answer(status, json.dumps({"error": {"code": code, "message": str(error)}}))

    def do_GET(self):
        if self.path == "/.well-known/aitp-manifest":
            self.answer(200, manifest)
        else:
            self.answer(404, "{}")

    def do_POST(self):
        body = self.body()
        try:
            if self.path == "/aitp/handshake/hello":
                ack, session_id = receive_hello(body)
                self.answer(200, ack, {"X-Aitp-Session-Id": session_id})
            elif self.path == "/aitp/handshake/commit":
                session = responders.pop(self.headers.get("X-Aitp-Session-Id", ""))
                ack, completed = call(session.process_commit, body, revoked_jtis=set())
                trusted["held"] = json.loads(completed)
                self.answer(200, ack)
            elif self.path.startswith("/capabilities/"):
                capability = urllib.parse.unquote(self.path.rsplit("/", 1)[1])
                self.answer(200, json.dumps(invoke(capability, self.headers.get("X-AITP-TCT", ""))))
            elif self.path == "/control/pins":
                trusted.update(json.loads(body))
                self.answer(200, "{}")
            elif self.path == "/control/held":
                self.answer(200, json.dumps(trusted.get("held")))
            elif self.path == "/control/handshake":
                wanted = json.loads(body)
                self.answer(200, json.dumps(initiate(wanted["manifest_url"], wanted["grants"])))
            elif self.path == "/control/call":
                wanted = json.loads(body)
                status, _, text = fetch(
                    "POST", wanted["url"], json.dumps(wanted["body"]), {"X-AITP-TCT": wanted["tct"]}
                )
                self.answer(200, json.dumps({"status": status, "body": text}))
            else:
                self.answer(404, "{}")
        except Exception as error:  # a refusal is an answer
            self.refuse(400, error)


server = HTTPServer(("127.0.0.1", 0), Handler)
port = server.server_address[1]
issuer = config.get("issuer")
manifest = call(
    agent.build_manifest,
    config["name"],
    f"http://127.0.0.1:{port}/aitp/handshake/",
    config["offered"],
    ttl_secs=7200,
    identity_type="oidc" if issuer else None,
    oidc_issuer=issuer,
    oidc_subject=config["name"] if issuer else None,
    accepted_trust_anchors=[issuer] if issuer else None,
    accepted_identity_types=config.get("accepted_identity_types"),
)


def end_with_parent():
    sys.stdin.read()
    server.shutdown()


threading.Thread(target=end_with_parent, daemon=True).start()
print(f"PYTHON_AGENT_READY aid={agent.aid} port={port}", flush=True)
server.serve_forever()
