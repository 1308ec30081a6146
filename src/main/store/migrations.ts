/** Numbered by position; a released one is never edited. `PRAGMA user_version` holds how many have run. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    run_id       TEXT PRIMARY KEY,
    status       TEXT NOT NULL,
    scenario_ref TEXT NOT NULL,
    run_label    TEXT,
    template     TEXT,
    inputs       TEXT NOT NULL,
    agents       TEXT NOT NULL DEFAULT '[]',
    outputs      TEXT NOT NULL DEFAULT '{}',
    error        TEXT,
    error_code   TEXT,
    created_at   REAL NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_time ON runs (created_at);

  CREATE TABLE events (
    run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    type   TEXT NOT NULL,
    exchange_id TEXT,
    event  TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX events_by_exchange ON events (run_id, exchange_id) WHERE exchange_id IS NOT NULL;

  CREATE TABLE captures (
    run_id      TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    exchange_id TEXT NOT NULL,
    agent_id    TEXT NOT NULL,
    offset_ms   REAL NOT NULL,
    capture     TEXT NOT NULL,
    PRIMARY KEY (run_id, exchange_id, agent_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE runs ADD COLUMN as_expected INTEGER;
  ALTER TABLE runs ADD COLUMN cp TEXT NOT NULL DEFAULT 'off';
  `,
  `
  ALTER TABLE runs ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
  -- When it ended here, or was imported, in Unix seconds: what is kept is counted from then.
  ALTER TABLE runs ADD COLUMN ended_at REAL;
  UPDATE runs SET ended_at = created_at WHERE status NOT IN ('pending', 'running');
  CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX runs_by_scenario ON runs (scenario_ref, created_at);
  `,
  `
  -- What went to a Control Plane, and what it said; status NULL when nothing was answered.
  CREATE TABLE sent_batches (
    run_id    TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    sent_at   REAL NOT NULL,
    status    INTEGER,
    error     TEXT,
    PRIMARY KEY (run_id, first_seq, sent_at)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a Control Plane delivered after the end of a run, in Unix seconds.
  CREATE TABLE webhook_deliveries (
    position    INTEGER PRIMARY KEY,
    run_id      TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    delivery_id TEXT NOT NULL,
    event_type  TEXT NOT NULL,
    ts          REAL NOT NULL,
    payload     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX webhook_deliveries_by_run ON webhook_deliveries (run_id);
  `,
]
