-- Callers of the HTTP interface. Only the SHA-256 of a key is kept, in lower-case hexadecimal.
CREATE TABLE keys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('widget', 'channel', 'agent', 'admin')),
    hash       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

-- The name of a revoked key may be given to a new one.
CREATE UNIQUE INDEX keys_in_use ON keys (name) WHERE revoked_at IS NULL;
