"""Manifest, handshake and gate of this worker, all by the published SDK."""

import json
import threading
import time
import urllib.parse
import uuid

import aitp
from peers import claims_of, expect_ok, fetch, origin_of, token_facts
from refusal import Refusal, refusal_of

PENDING_LIMIT = 1000
PENDING_SECONDS = 60


class Protocol:
    def __init__(self, bootstrap, port, peers, telemetry):
        own = bootstrap["aitp"]
        origin = own.get("public_origin") or f"http://127.0.0.1:{port}"
        if own.get("pop", "off") != "off" or own["identity_type"] != "pinned_key":
            raise SystemExit("this worker has a pinned key and cannot demand a proof of possession")
        self._agent = aitp.AitpAgent.from_seed(bytes.fromhex(own["seed_hex"]), own["signing_suite"])
        self._peers = peers
        self._telemetry = telemetry
        self._offered = own["offered_caps"]
        self._pending = {}
        self._revoked = set()
        self._issued = set()
        # The SDK's objects are not meant for several threads at once.
        self._lock = threading.RLock()
        self.manifest = self._agent.build_manifest(
            own["display_name"], f"{origin}/aitp/handshake/", self._offered, ttl_secs=2 * own["ttl_secs"]
        )

    @property
    def aid(self):
        return self._agent.aid

    def initiate(self, manifest_url, grants, expected_origin=None):
        manifest = self._fetch_manifest(manifest_url)
        peer = json.loads(manifest)["manifest"]
        endpoint = peer["handshake_endpoint"].removesuffix("hello").rstrip("/") + "/"
        origin = origin_of(endpoint)
        if expected_origin is not None and origin != origin_of(expected_origin):
            raise Refusal(409, "origin_mismatch", f"the manifest leads to {origin} and not to {expected_origin}")
        session_id = None
        try:
            with self._lock:
                session = self._agent.new_session(pinned_keys=self._peers.aids())
                hello = session.build_hello(manifest, grants or peer["offered_capabilities"])
            headers, ack = expect_ok(fetch("POST", urllib.parse.urljoin(endpoint, "hello"), hello), "the hello")
            session_id = headers.get("x-aitp-session-id", "")
            with self._lock:
                commit = session.process_hello_ack(ack, session_id)
            to_commit = urllib.parse.urljoin(endpoint, "commit")
            _, commit_ack = expect_ok(
                fetch("POST", to_commit, commit, {"X-Aitp-Session-Id": session_id}), "the commit"
            )
            with self._lock:
                held = json.loads(session.complete(commit_ack))["tct"]
        except Exception as error:
            refusal = refusal_of(error, 502)
            named = {"session_id": session_id} if session_id else {}
            self._failed("initiator", refusal, **named)
            raise refusal from error
        claims = claims_of(held)
        self._peers.hold(peer["aid"], held, origin)
        self._complete("initiator", session_id, peer["aid"], held, issued=_tct_in(commit))
        parts = urllib.parse.urlsplit(endpoint)
        return {
            "grants": claims["grants"],
            "session_id": session_id,
            "peer_aid": peer["aid"],
            "peer_port": parts.port or (443 if parts.scheme == "https" else 80),
            "jti": claims["jti"],
            "expires_at": claims["exp"],
        }

    def _fetch_manifest(self, url):
        try:
            _, manifest = expect_ok(fetch("GET", url), "the request for its manifest")
            aitp.verify_manifest_json(manifest)
            pin, shown = self._peers.pin_of(url), json.loads(manifest)["manifest"]["aid"]
            if pin is not None and pin != shown:
                raise Refusal(502, "IDENTITY_FAILED", f"{url} shows {shown}, not {pin}", "manifest.expected_aid")
            return manifest
        except Exception as error:
            refusal = refusal_of(error, 502)
            if refusal.code.startswith("HTTP "):
                refusal = Refusal(502, "MANIFEST_NOT_FOUND", str(refusal))
            self._telemetry.event(
                "manifest.verify_failed", cause=refusal.code, check=refusal.check, source_url=url
            )
            raise refusal from error

    def receive_hello(self, text):
        try:
            sender = json.loads(text)["sender"]["agent_id"]
            if sender not in self._peers.aids():
                raise Refusal(400, "IDENTITY_FAILED", f"{sender} is no peer of this run", "hello.expected_peer")
            with self._lock:
                session = self._agent.new_responder(pinned_keys=self._peers.aids())
                ack, _ = session.process_hello(text)
            session_id = str(uuid.uuid4())
            self._remember(session_id, session, sender)
        except Exception as error:
            refusal = refusal_of(error, 400)
            self._failed("responder", refusal)
            raise refusal from error
        self._telemetry.event("handshake.started", session_id=session_id, role="responder", peer_aid=sender)
        return ack, session_id

    def _remember(self, session_id, session, sender):
        now = time.monotonic()
        with self._lock:
            self._pending = {key: entry for key, entry in self._pending.items() if entry[2] > now}
            if len(self._pending) >= PENDING_LIMIT:
                raise Refusal(503, "limited", "too many handshakes are waiting")
            self._pending[session_id] = (session, sender, now + PENDING_SECONDS)

    def receive_commit(self, text, session_id):
        with self._lock:
            session, sender, _ = self._pending.pop(session_id, (None, None, None))
        try:
            if session is None:
                raise Refusal(400, "INVALID_ENVELOPE", "no handshake waits under this id", "commit.session")
            with self._lock:
                ack, completed = session.process_commit(text)
        except Exception as error:
            refusal = refusal_of(error, 400)
            self._failed("responder", refusal, session_id=session_id)
            raise refusal from error
        self._complete("responder", session_id, sender, json.loads(completed)["tct"], issued=_tct_in(ack))
        return ack

    def _complete(self, role, session_id, peer_aid, held, issued):
        self._issued.add(claims_of(issued)["jti"])
        self._telemetry.event(
            "handshake.complete",
            session_id=session_id,
            role=role,
            peer_aid=peer_aid,
            grants=claims_of(held)["grants"],
            tct=token_facts(held),
            issued_jti=claims_of(issued)["jti"],
        )

    def _failed(self, role, refusal, **named):
        self._telemetry.event(
            "handshake.failed", role=role, error=str(refusal), code=refusal.code, check=refusal.check, **named
        )

    def admit(self, capability, token):
        """Who presents this token for a capability; raises `Refusal` (403). Returns AID and ids."""
        if not token:
            raise Refusal(403, "TCT_SIGNATURE_INVALID", "no TCT was presented", "tct.structure")
        try:
            claims = claims_of(token)
            audience = claims["sub"]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise Refusal(403, "TCT_SIGNATURE_INVALID", "this is no TCT", "tct.structure") from error
        try:
            with self._lock:
                verified = self._agent.verify_tct(token, capability, audience, set())
        except Exception as error:
            raise refusal_of(error, 403) from error
        if verified.peer_aid != self.aid:
            raise Refusal(403, "TCT_SIGNATURE_INVALID", "the token is of another issuer", "tct.issuer")
        if claims["jti"] in self._revoked:
            raise Refusal(403, "TCT_REVOKED", f"{claims['jti']} is on the local list", "tct.revocation")
        return audience, {"jti": claims["jti"], "issuer": claims["iss"], "subject": claims["sub"]}

    def revoke(self, jti):
        if jti not in self._issued:
            raise Refusal(412, "unknown_jti", f"this worker did not issue {jti}")
        self._revoked.add(jti)
        self._telemetry.event("tct.revoked", jti=jti, total_revoked=len(self._revoked))
        return {"revoked": jti, "total_revoked": len(self._revoked)}


def _tct_in(envelope):
    """The token that a commit or its ack carries to the other side."""
    return json.loads(envelope)["payload"]["tct"]
