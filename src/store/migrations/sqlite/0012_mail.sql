-- Mails that came in and went out: which conversation one belongs to, and what an answer needs.
CREATE TABLE mails (
    -- Message-ID without angle brackets.
    message_id      TEXT NOT NULL PRIMARY KEY,
    -- Written before the message itself, so that a mail handled twice finds its conversation again:
    -- for a moment, and for ever if the message was refused, there is no such conversation.
    conversation_id TEXT NOT NULL,
    sent            INTEGER NOT NULL CHECK (sent IN (0, 1)),
    -- SHA-256 of what was read of it: another mail may come under the same Message-ID.
    digest          TEXT NOT NULL,
    -- The other side: who wrote it or whom it went to, where answers are wanted, the name.
    address         TEXT NOT NULL,
    reply_to        TEXT,
    name            TEXT,
    subject         TEXT NOT NULL,
    refs            TEXT NOT NULL, -- JSON: Message-IDs of the mails that it answers, nearest first
    people          TEXT NOT NULL, -- JSON: all addresses in its head, in lower case
    at              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mails_of_conversation ON mails (conversation_id, at);
