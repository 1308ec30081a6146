/**
 * The Control Plane's own file (control-plane.md §12); numbered by position, a released one is never edited. Times are
 * Unix milliseconds. Lists that are searched by member have a table of their own beside the JSON they are answered with.
 */
export const controlPlaneMigrations: readonly string[] = [
  `
  CREATE TABLE agents (
    aid                 TEXT PRIMARY KEY,
    display_name        TEXT NOT NULL,
    handshake_endpoint  TEXT NOT NULL,
    offered_caps        TEXT NOT NULL,
    manifest_json       TEXT NOT NULL,
    manifest_expires_at INTEGER,
    status              TEXT NOT NULL CHECK (status IN ('active', 'expired', 'deregistered')),
    registered_at       INTEGER NOT NULL,
    last_enrolled_at    INTEGER NOT NULL,
    last_seen_at        INTEGER,
    org                 TEXT,
    cloud               TEXT,
    namespace           TEXT NOT NULL DEFAULT 'default',
    metadata            TEXT
  ) STRICT;
  CREATE INDEX agents_by_status ON agents (status, registered_at);
  CREATE TABLE agent_caps (
    capability TEXT NOT NULL,
    aid        TEXT NOT NULL REFERENCES agents (aid) ON DELETE CASCADE,
    PRIMARY KEY (capability, aid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX agent_caps_by_agent ON agent_caps (aid);

  CREATE TABLE enrollment_jtis (
    jti        TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit_events (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    type       TEXT NOT NULL,
    ts         INTEGER NOT NULL,
    aid_a      TEXT,
    aid_b      TEXT,
    session_id TEXT,
    run_id     TEXT,
    grants     TEXT,
    payload    TEXT NOT NULL,
    source     TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX audit_events_by_time ON audit_events (ts);
  CREATE INDEX audit_events_by_type ON audit_events (type, ts);
  CREATE INDEX audit_events_by_session ON audit_events (session_id, ts) WHERE session_id IS NOT NULL;
  CREATE INDEX audit_events_by_run ON audit_events (run_id, ts) WHERE run_id IS NOT NULL;
  CREATE INDEX audit_events_by_a ON audit_events (aid_a, ts) WHERE aid_a IS NOT NULL;
  CREATE INDEX audit_events_by_b ON audit_events (aid_b, ts) WHERE aid_b IS NOT NULL;

  CREATE TABLE handshake_sessions (
    session_id   TEXT PRIMARY KEY,
    aid_a        TEXT,
    aid_b        TEXT,
    status       TEXT NOT NULL CHECK (status IN ('started', 'complete', 'failed')),
    grants       TEXT NOT NULL DEFAULT '[]',
    run_id       TEXT,
    boundary     TEXT,
    error        TEXT,
    started_at   INTEGER,
    completed_at INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX handshake_sessions_by_time ON handshake_sessions (created_at);
  CREATE INDEX handshake_sessions_by_run ON handshake_sessions (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX handshake_sessions_by_a ON handshake_sessions (aid_a) WHERE aid_a IS NOT NULL;
  CREATE INDEX handshake_sessions_by_b ON handshake_sessions (aid_b) WHERE aid_b IS NOT NULL;

  CREATE TABLE issued_tcts (
    jti          TEXT PRIMARY KEY,
    issuer_aid   TEXT NOT NULL,
    subject_aid  TEXT NOT NULL,
    audience_aid TEXT NOT NULL,
    grants       TEXT NOT NULL,
    binding_cnf  TEXT,
    issued_at    INTEGER NOT NULL,
    expires_at   INTEGER,
    session_id   TEXT,
    revoked      INTEGER NOT NULL DEFAULT 0,
    revoked_at   INTEGER,
    created_at   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX issued_tcts_by_time ON issued_tcts (issued_at);
  CREATE INDEX issued_tcts_by_issuer ON issued_tcts (issuer_aid, issued_at);
  CREATE INDEX issued_tcts_by_subject ON issued_tcts (subject_aid, issued_at);
  CREATE INDEX issued_tcts_by_session ON issued_tcts (session_id) WHERE session_id IS NOT NULL;
  CREATE TABLE tct_grants (
    capability TEXT NOT NULL,
    jti        TEXT NOT NULL REFERENCES issued_tcts (jti) ON DELETE CASCADE,
    PRIMARY KEY (capability, jti)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE delegations (
    jti            TEXT PRIMARY KEY,
    parent_jti     TEXT NOT NULL,
    delegator_aid  TEXT NOT NULL,
    delegatee_aid  TEXT NOT NULL,
    scope          TEXT NOT NULL,
    issued_at      INTEGER NOT NULL,
    expires_at     INTEGER,
    revoked        INTEGER NOT NULL DEFAULT 0,
    revoked_at     INTEGER,
    revoked_reason TEXT,
    created_at     INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX delegations_by_parent ON delegations (parent_jti);
  CREATE INDEX delegations_by_time ON delegations (issued_at);
  CREATE INDEX delegations_by_delegator ON delegations (delegator_aid, issued_at);
  CREATE INDEX delegations_by_delegatee ON delegations (delegatee_aid, issued_at);

  CREATE TABLE revocation_entries (
    jti        TEXT PRIMARY KEY,
    revoked_at INTEGER NOT NULL,
    reason     TEXT,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE webhooks (
    id         TEXT PRIMARY KEY,
    url        TEXT NOT NULL,
    events     TEXT NOT NULL,
    secret     TEXT NOT NULL,
    active     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE webhook_deliveries (
    id            TEXT PRIMARY KEY,
    webhook_id    TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_type    TEXT NOT NULL,
    body          TEXT NOT NULL,
    signature     TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    status_code   INTEGER,
    error         TEXT,
    delivered_at  INTEGER,
    next_retry_at INTEGER,
    created_at    INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, created_at);
  CREATE INDEX webhook_deliveries_due ON webhook_deliveries (status, next_retry_at);

  CREATE TABLE trust_anchors (
    id             TEXT PRIMARY KEY,
    namespace      TEXT NOT NULL,
    issuer_url     TEXT NOT NULL,
    jwks_url       TEXT,
    label          TEXT,
    jwks_cached_at INTEGER,
    added_by       TEXT,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    UNIQUE (namespace, issuer_url)
  ) STRICT;
  CREATE TABLE pinned_keys (
    namespace  TEXT NOT NULL,
    aid        TEXT NOT NULL,
    pubkey     TEXT NOT NULL,
    label      TEXT,
    expires_at INTEGER,
    added_by   TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (namespace, aid)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE admin_audit_log (
    id         TEXT PRIMARY KEY,
    action     TEXT NOT NULL,
    actor_id   TEXT,
    target_id  TEXT,
    details    TEXT,
    request_id TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX admin_audit_log_by_time ON admin_audit_log (created_at);

  CREATE TABLE idempotency_keys (
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    response_status INTEGER NOT NULL,
    response_body   TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
  `,
]
