-- Times are milliseconds since 1970-01-01 UTC; columns that hold JSON say so.

CREATE TABLE conversations (
    id           TEXT NOT NULL PRIMARY KEY,
    channel      TEXT NOT NULL CHECK (channel IN ('chat', 'email', 'phone', 'social', 'messenger', 'form')),
    language     TEXT NOT NULL,
    customer_id  TEXT,
    state        TEXT NOT NULL CHECK (state IN ('bot', 'waiting', 'human', 'closed')),
    -- Counts changes of state and of the bot's view; an update names the version that it saw.
    version      INTEGER NOT NULL,
    -- Last intent, for follow-up questions.
    topic        TEXT,
    -- Whether the customer was told, in this waiting period, that a message was added to the ticket.
    acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged IN (0, 1)),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX conversations_of_customer ON conversations (customer_id, updated_at)
    WHERE customer_id IS NOT NULL;

CREATE TABLE turns (
    id              TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    -- Position within the conversation, from 1.
    seq             INTEGER NOT NULL,
    author          TEXT NOT NULL CHECK (author IN ('customer', 'bot', 'agent', 'note')),
    text            TEXT NOT NULL,
    at              INTEGER NOT NULL,
    agent           TEXT,
    classification  TEXT, -- JSON
    decision        TEXT, -- JSON
    article_id      TEXT,
    choices         TEXT, -- JSON
    UNIQUE (conversation_id, seq)
) STRICT;

CREATE INDEX turns_by_time ON turns (at);

-- What was answered to a message that carried an id of the client's: the same id gets the same answer.
CREATE TABLE receipts (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    message_id      TEXT NOT NULL,
    -- Channel and customer of a message that named no conversation: its repetition names none either.
    scope           TEXT,
    text_hash       BLOB NOT NULL,
    outcome         TEXT NOT NULL, -- JSON
    at              INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX receipts_of_scope ON receipts (scope, message_id) WHERE scope IS NOT NULL;
