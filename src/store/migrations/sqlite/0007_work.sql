-- When an agent first spoke to the customer: the clock of due_at stops there.
ALTER TABLE tickets ADD COLUMN first_response_at INTEGER;

UPDATE tickets SET first_response_at = (
    SELECT min(at) FROM ticket_events
    WHERE ticket_events.ticket_id = tickets.id AND ticket_events.kind = 'replied'
);

-- The next ticket of all queues.
CREATE INDEX tickets_open ON tickets (priority DESC, due_at, id) WHERE state = 'open';

-- An agent's own tickets.
CREATE INDEX tickets_of_agent ON tickets (agent, state) WHERE agent IS NOT NULL;

-- Whether the customer found an answer of the bot helpful.
CREATE TABLE helpful (
    turn_id TEXT NOT NULL PRIMARY KEY REFERENCES turns (id),
    helpful INTEGER NOT NULL CHECK (helpful IN (0, 1)),
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Words said, for the agents' search. It keeps the words a second time: row numbers of `turns`
-- change with a VACUUM, so that an index on them would point at other turns afterwards.
CREATE VIRTUAL TABLE said USING fts5(
    text, conversation_id UNINDEXED, tokenize = "unicode61 remove_diacritics 2"
);

INSERT INTO said (text, conversation_id) SELECT text, conversation_id FROM turns ORDER BY rowid;

CREATE TRIGGER turns_are_searchable AFTER INSERT ON turns BEGIN
    INSERT INTO said (text, conversation_id) VALUES (new.text, new.conversation_id);
END;
