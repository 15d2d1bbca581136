-- What others must learn of, written in the transaction that made it so.
CREATE TABLE outbox (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL CHECK (kind IN ('message', 'note', 'state', 'ticket')),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    ticket_id       TEXT,
    queue           TEXT,
    payload         TEXT NOT NULL, -- JSON
    -- Over which a message to the customer has to be sent; null for all that is not sent.
    channel         TEXT,
    created_at      INTEGER NOT NULL,
    delivered_at    INTEGER
) STRICT;

CREATE INDEX outbox_of_conversation ON outbox (conversation_id, seq);
CREATE INDEX outbox_of_queue ON outbox (queue, seq) WHERE queue IS NOT NULL;
CREATE INDEX outbox_undelivered ON outbox (channel, seq)
    WHERE channel IS NOT NULL AND delivered_at IS NULL;
