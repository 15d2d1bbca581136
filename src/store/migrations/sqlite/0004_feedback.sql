-- The customer's rating; a later one replaces an earlier one.
CREATE TABLE ratings (
    conversation_id TEXT NOT NULL PRIMARY KEY REFERENCES conversations (id),
    score           INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
    comment         TEXT,
    at              INTEGER NOT NULL
) STRICT;

-- What an agent says a message should have been read as: a labelled example for training.
CREATE TABLE corrections (
    id              TEXT NOT NULL PRIMARY KEY,
    ticket_id       TEXT NOT NULL REFERENCES tickets (id),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    text            TEXT NOT NULL,
    language        TEXT NOT NULL,
    channel         TEXT NOT NULL,
    intent          TEXT,
    tier            INTEGER CHECK (tier BETWEEN 1 AND 3),
    sentiment       TEXT CHECK (sentiment IN ('negative', 'neutral', 'positive')),
    agent           TEXT NOT NULL,
    at              INTEGER NOT NULL
) STRICT;

CREATE INDEX corrections_by_time ON corrections (at, id);
