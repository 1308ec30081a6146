"""An agent of the AITP Trust Console in Python, on the published SDK (docs/worker-contract.md)."""

import hmac
import json
import re
import signal
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from capabilities import capabilities
from console import Telemetry, enter_request, read_bootstrap
from peers import Peers, fetch
from protocol import Protocol
from refusal import Refusal, refusal_of

LARGEST_BODY = 64 * 1024
BODY_TIMEOUT_S = 5


class Worker:
    """The routes, each from a request to (status, JSON text, headers)."""

    def __init__(self, bootstrap, protocol, peers, telemetry):
        self.protocol = protocol
        self.telemetry = telemetry
        self._peers = peers
        self._secret = bootstrap["secrets"]["admin"]
        self._capabilities = capabilities(bootstrap, telemetry)
        self._admin = {
            "/admin/peers": self._put_peers,
            "/admin/initiate-handshake": self._initiate,
            "/admin/invoke": self._invoke,
            "/admin/self-execute": self._self_execute,
            "/admin/revoke-tct": lambda body: self.protocol.revoke(body["jti"]),
        }

    def handle(self, method, path, headers, text):
        if path == "/.well-known/aitp-manifest" and method == "GET":
            return 200, self.protocol.manifest, {}
        if path.startswith("/admin/"):
            return self._handle_admin(path, headers, text)
        if path == "/aitp/handshake/hello":
            ack, session_id = self.protocol.receive_hello(text)
            return 200, ack, {"X-Aitp-Session-Id": session_id}
        if path == "/aitp/handshake/commit":
            return 200, self.protocol.receive_commit(text, headers.get("X-Aitp-Session-Id", "")), {}
        if path.startswith("/capabilities/") and method == "POST":
            name = urllib.parse.unquote(path.removeprefix("/capabilities/"))
            payload = _payload(headers.get("Content-Type", ""), text)
            return 200, json.dumps(self._carry_out(name, headers.get("X-AITP-TCT", ""), payload)), {}
        raise Refusal(404, "not_found", "There is nothing here.")

    def _handle_admin(self, path, headers, text):
        bearer = headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(bearer.encode(), self._secret.encode()):
            return 401, json.dumps(Refusal(401, "unauthorized", "This route is for the host.").for_host()), {}
        try:
            act = self._admin.get(path)
            body = json.loads(text or "{}")
            if act is None or body.get("fault"):
                raise Refusal(501, "not_offered", f"this worker does not offer that ({path})")
            return 200, json.dumps(act(body)), {}
        except Exception as error:
            refusal = refusal_of(error, 502)
            return refusal.status, json.dumps(refusal.for_host()), {}

    def _put_peers(self, body):
        self._peers.replace(body["peers"])
        return {"count": len(body["peers"])}

    def _initiate(self, body):
        grants = body.get("requested_grants") or []
        return self.protocol.initiate(body["peer_manifest_url"], grants, body.get("expected_origin"))

    def _invoke(self, body):
        aid = body["peer_aid"]
        if body.get("token", "held") == "none":
            headers, origin = {}, self._peers.address_of(aid)
        else:
            token, origin = self._peers.held(aid)
            headers = {"X-AITP-TCT": token}
        url = f"{origin}/capabilities/{urllib.parse.quote(body['capability'], safe='')}"
        status, _, text = fetch("POST", url, json.dumps(body.get("payload")), headers)
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {"raw": text}
        return answer if status < 300 else {"error": True, "status_code": status, "body": answer}

    def _self_execute(self, body):
        self.telemetry.event("capability.self_execute", capability=body["capability"])
        return self._run(body["capability"], body.get("payload"), None)

    def _run(self, name, payload, commissioned_by):
        if name not in self._capabilities:
            raise Refusal(404, "not_found", f"this agent has no capability {name}")
        return self._capabilities[name](payload, commissioned_by)

    def _carry_out(self, name, token, payload):
        started = time.perf_counter()
        try:
            caller, ids = self.protocol.admit(name, token)
        except Refusal as refusal:
            self._decided(name, None, refusal, started, {})
            raise
        self._decided(name, caller, None, started, ids)
        started = time.perf_counter()
        result = self._run(name, payload, caller)
        self.telemetry.event(
            "capability.invoked",
            capability=name,
            caller_aid=caller,
            status=200,
            stages=[_fact("execute", "passed", f"{name} ran", started), _skipped("receipt"), _skipped("audit")],
        )
        return result

    def _decided(self, name, caller, refusal, started, ids):
        if refusal is None:
            trust = [_fact("trust", "passed", "the SDK accepts the TCT", started, ids)]
            trust.append(_fact("revocation", "passed", "not on the local list", started, ids))
            rest = [_skipped("policy"), _skipped("payment")]
        else:
            trust = [_fact("trust", "refused", str(refusal), started)]
            rest = [_fact(stage, "not_reached", "an earlier stage refused") for stage in _AFTER_TRUST]
        self.telemetry.event(
            "gate.decided",
            capability=name,
            caller_aid=caller,
            decision="allowed" if refusal is None else "refused",
            code=None if refusal is None else refusal.code,
            check=None if refusal is None else refusal.check,
            stages=[_skipped("kill_state"), _skipped("limits"), *trust, *rest],
        )


def _payload(content_type, text):
    """JSON, unless it says that it is text."""
    if content_type.lower().startswith("text/plain"):
        return text
    return json.loads(text) if text else None


_AFTER_TRUST = ("revocation", "policy", "payment")


def _fact(stage, decision, reason, started=None, ids=None):
    ms = 0 if started is None else (time.perf_counter() - started) * 1000
    return {"stage": stage, "decision": decision, "reason": reason, "ms": ms, "ids": ids or {}}


def _skipped(stage):
    return _fact(stage, "skipped", "this worker has no such stage")


def handler_of(worker):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = BODY_TIMEOUT_S

        def log_message(self, *_):
            pass

        def _answer(self):
            enter_request(self.headers)
            path = urllib.parse.urlsplit(self.path).path
            try:
                announced = self.headers.get("Content-Length", "0")
                if not re.fullmatch("[0-9]{1,9}", announced):
                    self.close_connection = True
                    raise Refusal(400, "INVALID_ENVELOPE", "Content-Length is no number of bytes")
                length = int(announced)
                if length > LARGEST_BODY or "Transfer-Encoding" in self.headers:
                    self.close_connection = True
                    raise Refusal(413, "INVALID_ENVELOPE", f"a body has at most {LARGEST_BODY} bytes")
                status, text, headers = worker.handle(
                    self.command, path, self.headers, self.rfile.read(length).decode()
                )
            except Exception as error:
                refusal = refusal_of(error, 400)
                status, text, headers = refusal.status, json.dumps(refusal.for_peer()), {}
            worker.telemetry.flush()
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _answer

    return Handler


def listen(wanted):
    """The wanted port, or any free one when another program has it."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", wanted), BaseHTTPRequestHandler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)


def main():
    bootstrap = read_bootstrap()
    playground = bootstrap["playground"]
    telemetry = Telemetry(playground["telemetry_url"], bootstrap["secrets"]["telemetry"])
    peers = Peers()
    server = listen(bootstrap["port"])
    port = server.server_address[1]
    protocol = Protocol(bootstrap, port, peers, telemetry)
    server.RequestHandlerClass = handler_of(Worker(bootstrap, protocol, peers, telemetry))

    def stop(*_):
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=lambda: (sys.stdin.read(), stop()), daemon=True).start()
    print(f"AITP_AGENT_READY aid={protocol.aid} port={port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
