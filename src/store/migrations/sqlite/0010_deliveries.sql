-- Each outside system reads the events by a cursor of its own, and what it has to be told of them
-- waits here: an event itself is no longer marked.
DROP INDEX outbox_undelivered;
ALTER TABLE outbox DROP COLUMN delivered_at;

CREATE TABLE destinations (
    name   TEXT NOT NULL PRIMARY KEY,
    -- Number of the last event that was planned for.
    cursor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    destination TEXT NOT NULL,
    -- Those of one lane are carried out one after another.
    lane        TEXT,
    payload     TEXT NOT NULL, -- JSON
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'abandoned')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    last_error  TEXT,
    created_at  INTEGER NOT NULL,
    -- When it is to be tried next; when it was done or given up.
    due_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX deliveries_due ON deliveries (destination, due_at) WHERE state = 'waiting';
CREATE INDEX deliveries_of_lane ON deliveries (destination, lane, number)
    WHERE state = 'waiting' AND lane IS NOT NULL;
CREATE INDEX deliveries_ended ON deliveries (state, due_at) WHERE state <> 'waiting';
