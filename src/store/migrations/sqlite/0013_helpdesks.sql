-- Whether an attempt was ever begun: if nobody knows what became of it, the other system is asked
-- before it is made again.
ALTER TABLE deliveries ADD COLUMN begun INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1));

-- A destination that said it is gone gets nothing while its settings are those of then.
ALTER TABLE destinations ADD COLUMN disabled_settings TEXT;
ALTER TABLE destinations ADD COLUMN disabled_reason TEXT;

-- What a ticket is called in another system.
CREATE TABLE remotes (
    destination TEXT NOT NULL,
    ticket_id   TEXT NOT NULL REFERENCES tickets (id),
    remote_id   TEXT NOT NULL,
    PRIMARY KEY (destination, ticket_id)
) STRICT, WITHOUT ROWID;
