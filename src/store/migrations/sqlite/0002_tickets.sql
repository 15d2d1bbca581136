CREATE TABLE tickets (
    id              TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    queue           TEXT NOT NULL,
    -- 0 low, 1 normal, 2 high, 3 urgent.
    priority        INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
    state           TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'resolved')),
    agent           TEXT,
    due_at          INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    summary         TEXT NOT NULL, -- JSON
    classification  TEXT NOT NULL, -- JSON
    decision        TEXT NOT NULL, -- JSON
    resolution      TEXT,
    version         INTEGER NOT NULL,
    CHECK ((state = 'open') = (agent IS NULL))
) STRICT;

-- A conversation waits in one queue at most, and one agent at most holds it.
CREATE UNIQUE INDEX tickets_unresolved ON tickets (conversation_id) WHERE state <> 'resolved';

-- The order in which agents get tickets.
CREATE INDEX tickets_of_queue ON tickets (queue, state, priority DESC, due_at, id);

CREATE INDEX tickets_by_time ON tickets (created_at);

CREATE TABLE ticket_events (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    kind      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    detail    TEXT NOT NULL, -- JSON
    at        INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_events_of_ticket ON ticket_events (ticket_id, id);
