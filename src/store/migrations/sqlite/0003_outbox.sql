-- What others must learn of, written in the transaction that made it so.
CREATE TABLE outbox (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL CHECK (kind IN ('message', 'note', 'state', 'ticket')),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    ticket_id       TEXT,
    queue           TEXT,
    payload         TEXT NOT NULL, -- JSON
    created_at      INTEGER NOT NULL,
    delivered_at    INTEGER
) STRICT;

CREATE INDEX outbox_of_conversation ON outbox (conversation_id, seq);
CREATE INDEX outbox_of_queue ON outbox (queue, seq) WHERE queue IS NOT NULL;
CREATE INDEX outbox_undelivered ON outbox (seq) WHERE delivered_at IS NULL;
