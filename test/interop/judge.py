"""Lets the published Python packages mint and judge AITP artefacts over a line protocol.

One JSON request per line on standard input, one JSON answer per line on standard output:

    {"id": 1, "op": "sdk.verify_manifest", "args": {...}}
    {"id": 1, "ok": true, "value": ...}
    {"id": 1, "ok": false, "code": "...", "error": "RuntimeError", "message": "..."}

While a call is under way the judge may ask for an identity token, because the SDK wants it from a callback:

    {"ask": "mint_jwt", "name": "...", "nonce": "..."}     answered by one line     {"jwt": "..."}

Releases differ in what their calls take, so arguments a release does not know are left out.
"""

import importlib.metadata
import json
import re
import sys

OUT = sys.stdout
sys.stdout = sys.stderr  # nothing a package prints may end up in the protocol

try:
    import aitp
except ImportError as error:
    aitp = None
    SDK_MISSING = str(error)

try:
    import aitp_verifier
    import aitp_verifier.verify
    from aitp_verifier.errors import AitpError as VerifierError
except ImportError as error:
    aitp_verifier = None
    VERIFIER_MISSING = str(error)

    class VerifierError(Exception):
        pass


class Absent(Exception):
    """The release at hand has no such function."""


agents = {}
sessions = {}


def version_of(distribution):
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def send(answer):
    OUT.write(json.dumps(answer, separators=(",", ":")) + "\n")
    OUT.flush()


def call(function, *positional, **optional):
    """Calls with those of the optional arguments that this release knows and that are given."""
    known = getattr(function, "__text_signature__", None) or ""
    names = set(re.findall(r"[a-z_][a-z0-9_]*", known))
    return function(*positional, **{k: v for k, v in optional.items() if v is not None and k in names})


def needed(owner, name):
    if owner is None:
        raise Absent(SDK_MISSING)
    if not hasattr(owner, name):
        raise Absent(f"this release has no {name}")
    return getattr(owner, name)


def revoked(args):
    jtis = args.get("revoked_jtis")
    return None if jtis is None else set(jtis)


def minter(name):
    if name is None:
        return None

    def mint(nonce):
        send({"ask": "mint_jwt", "name": name, "nonce": nonce})
        return json.loads(sys.stdin.readline())["jwt"]

    return mint


def jwks(args):
    keys = args.get("jwks")
    return None if keys is None else aitp.JwksProvider(keys)


# The SDK: agents and sessions live here, under names that the caller chooses.


def sdk_about(_args):
    if aitp is None:
        raise Absent(SDK_MISSING)
    agent = aitp.AitpAgent.from_seed(bytes(32))
    manifest = json.loads(agent.build_manifest("x", "https://a.example/aitp/handshake/", ["a.b.v1"]))
    return {
        "release": version_of("aitp-sdk"),
        "python": sys.version.split()[0],
        "wire_version": manifest["manifest"]["version"],
        "functions": sorted(n for n in dir(aitp) if not n.startswith("_")),
        "methods": sorted(n for n in dir(aitp.AitpAgent) if not n.startswith("_")),
    }


def sdk_agent(args):
    agent = aitp.AitpAgent.from_seed(bytes.fromhex(args["seed"]), args.get("suite", "ed25519"))
    agents[args["name"]] = agent
    return agent.aid


def sdk_manifest(args):
    agent = agents[args["agent"]]
    return call(
        agent.build_manifest,
        args["display_name"],
        args["endpoint"],
        args["offered"],
        required_caps=args.get("required"),
        ttl_secs=args.get("ttl_secs"),
        identity_type=args.get("identity_type"),
        oidc_issuer=args.get("oidc_issuer"),
        oidc_subject=args.get("oidc_subject"),
        accepted_trust_anchors=args.get("trust_anchors"),
        accepted_identity_types=args.get("accepted_identity_types"),
        revocation_list_uri=args.get("revocation_list_uri"),
    )


def sdk_verify_manifest(args):
    call(needed(aitp, "verify_manifest_json"), args["manifest"], now_unix_secs=args.get("now"))
    return True


def sdk_session(args, method):
    agent = agents[args["agent"]]
    session = call(
        getattr(agent, method),
        jwks=jwks(args),
        trust_anchors=args.get("trust_anchors"),
        pinned_keys=args.get("pinned_keys"),
    )
    sessions[args["name"]] = session
    return True


def sdk_initiator(args):
    return sdk_session(args, "new_session")


def sdk_responder(args):
    return sdk_session(args, "new_responder")


def sdk_build_hello(args):
    return sessions[args["session"]].build_hello(args["manifest"], args["grants"], minter(args.get("mint")))


def sdk_process_hello(args):
    ack, session_id = sessions[args["session"]].process_hello(args["hello"], minter(args.get("mint")))
    return {"ack": ack, "session_id": session_id}


def sdk_process_hello_ack(args):
    return sessions[args["session"]].process_hello_ack(args["ack"], args["session_id"])


def sdk_process_commit(args):
    ack, completed = call(sessions[args["session"]].process_commit, args["commit"], revoked_jtis=set())
    return {"ack": ack, "completed": json.loads(completed)}


def sdk_complete(args):
    return json.loads(call(sessions[args["session"]].complete, args["ack"], revoked_jtis=set()))


def sdk_verify_tct(args):
    pop = args.get("pop")
    identity = call(
        agents[args["agent"]].verify_tct,
        args["tct"],
        args["grant"],
        expected_audience=args.get("audience"),
        revoked_jtis=set(args.get("revoked_jtis", [])),
        pop=None if pop is None else tuple(pop),
    )
    return {
        "peer_aid": identity.peer_aid,
        "grants": list(identity.grants),
        "expires_at": identity.expires_at,
        "jti": identity.jti,
    }


def delegation_fields(verified):
    return {
        "delegator": verified.delegator,
        "delegatee": verified.delegatee,
        "issued_by": verified.issued_by,
        "grants": list(verified.grants),
        "expires_at": verified.expires_at,
        "cnf_jkt": getattr(verified, "cnf_jkt", None) or getattr(verified, "cnf", None),
    }


def sdk_build_delegation(args):
    return call(
        agents[args["agent"]].build_delegation,
        args["voucher"],
        args["delegatee"],
        args["scope"],
        ttl_secs=args.get("ttl_secs"),
    )


def verify_delegation(args):
    multihop = args.get("max_hops") is not None
    verify = needed(aitp, "verify_delegation_multihop" if multihop else "verify_delegation")
    return call(
        verify,
        args["token"],
        args["verifier"],
        issuer_manifests=args.get("issuer_manifests", []),
        max_delegation_hops=args.get("max_hops"),
        max_hops=args.get("max_hops"),
        revoked_jtis=set(args.get("revoked_jtis", [])),
    )


def sdk_verify_delegation(args):
    return delegation_fields(verify_delegation(args))


def sdk_redeem(args):
    verified = verify_delegation(args)
    issued = call(agents[args["agent"]].issue_tct_for_delegatee, verified, ttl_secs=args.get("ttl_secs"))
    return {"verified": delegation_fields(verified), "issued": json.loads(issued)}


def sdk_sign_revocation_list(args):
    return call(
        agents[args["agent"]].sign_revocation_list, args["entries"], expires_in_secs=args.get("expires_in_secs")
    )


def sdk_verify_revocation_list(args):
    verify = needed(aitp, "verify_revocation_list")
    call(verify, args["list"], args["issuer"], now_unix_secs=args.get("now"))
    return True


def sdk_build_bundle(args):
    builder = needed(aitp, "SessionBundleBuilder")(agents[args["agent"]])
    builder = builder.session_id(args["session_id"]) if args.get("session_id") else builder
    builder = builder.issued_at(args["issued_at"]) if args.get("issued_at") else builder
    for participant in args["participants"]:
        builder = builder.participant(participant["aid"], participant["tct"])
    return builder.build()


def sdk_verify_bundle(args):
    listed = set(args.get("revoked_jtis", []))
    verify = needed(aitp, "verify_session_bundle")
    return call(
        verify,
        args["bundle"],
        args["verifier"],
        coordinator_manifest_json=args.get("coordinator_manifest"),
        now_unix_secs=args.get("now"),
        now=args.get("now"),
        revocation_check=(lambda jti: jti in listed) if listed else None,
    )


def sdk_renewal_request(args):
    return needed(agents[args["agent"]], "build_renewal_request")(args["tct"])


def sdk_process_renewal(args):
    process = needed(agents[args["agent"]], "process_renewal_request")
    return json.loads(
        call(process, args["request"], args["manifest_exp"], args["ttl_secs"], revoked_jtis=revoked(args))
    )


def sdk_pop_challenge(args):
    return call(needed(agents[args["agent"]], "new_pop_challenge"), args["tct"], ttl_secs=args.get("ttl_secs"))


def sdk_pop_response(args):
    return needed(agents[args["agent"]], "sign_pop_response")(args["challenge"])


def sdk_verify_pop(args):
    return needed(aitp, "verify_pop_response")(args["challenge"], args["response"], args["tct"])


def sdk_sign_envelope(args):
    return call(
        needed(agents[args["agent"]], "sign_envelope"),
        args["message_type"],
        args["payload"],
        extensions_json=args.get("extensions"),
        message_id=args.get("message_id"),
        timestamp=args.get("timestamp"),
    )


def sdk_verify_envelope(args):
    needed(aitp, "verify_envelope")(args["envelope"], args["sender"])
    return True


def sdk_jkt(args):
    return needed(aitp, "compute_aid_jkt")(args["aid"])


# The independent verifier.


def verifier_about(_args):
    if aitp_verifier is None:
        raise Absent(VERIFIER_MISSING)
    from aitp_verifier.version import PROTOCOL_VERSION

    return {
        "release": version_of("aitp-verifier"),
        "python": sys.version.split()[0],
        "wire_version": PROTOCOL_VERSION,
        "operations": sorted(aitp_verifier.verify.OPERATIONS),
    }


def verifier_assume_version(args):
    """Sets the one version value the verifier accepts. Everything else in it stays as published."""
    from aitp_verifier.version import PROTOCOL_VERSION as published

    changed = []
    for name, module in list(sys.modules.items()):
        if not name.startswith("aitp_verifier"):
            continue
        for constant in ("PROTOCOL_VERSION", "_VERSION"):
            if getattr(module, constant, None) == published:
                setattr(module, constant, args["version"])
                changed.append(f"{name}.{constant}")
    return sorted(changed)


def verifier_run(args):
    if aitp_verifier is None:
        raise Absent(VERIFIER_MISSING)
    operation = aitp_verifier.verify.OPERATIONS.get(args["operation"])
    if operation is None:
        raise Absent(f"this release has no operation {args['operation']}")
    return operation(args["input"], args["now"])


def verifier_identity(args):
    """The identity of a hello alone, without the envelope around it."""
    if aitp_verifier is None:
        raise Absent(VERIFIER_MISSING)
    from aitp_verifier.identity import verify_identity

    verify_identity(
        args["identity"],
        args["envelope"],
        args["self_aid"],
        trust_anchors=args.get("trust_anchors", []),
        trust_store=args.get("trust_store"),
        issuer_keys=args.get("issuer_keys", {}),
        now=args["now"],
    )
    return True


OPERATIONS = {
    name.replace("_", ".", 1): function
    for name, function in list(globals().items())
    if callable(function) and (name.startswith("sdk_") or name.startswith("verifier_")) and name != "sdk_session"
}


def answer(request):
    operation = OPERATIONS.get(request["op"])
    if operation is None:
        return {"ok": False, "code": "ABSENT", "error": "Absent", "message": f"no operation {request['op']}"}
    try:
        return {"ok": True, "value": operation(request.get("args", {}))}
    except Absent as error:
        return {"ok": False, "code": "ABSENT", "error": "Absent", "message": str(error)}
    except VerifierError as error:
        return {"ok": False, "code": error.code, "error": "AitpError", "message": str(error)}
    except Exception as error:  # every failure of a peer is a verdict to report
        code = getattr(error, "code", None)
        return {
            "ok": False,
            "code": code if isinstance(code, str) else None,
            "error": type(error).__name__,
            "message": str(error),
        }


for line in sys.stdin:
    if line.strip():
        request = json.loads(line)
        send({"id": request["id"], **answer(request)})
