-- Keys may have the role lead: SQLite changes a CHECK only by making the table anew.
CREATE TABLE keys_with_lead (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('widget', 'channel', 'agent', 'lead', 'admin')),
    hash       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

INSERT INTO keys_with_lead SELECT id, name, role, hash, created_at, revoked_at FROM keys;
DROP TABLE keys;
ALTER TABLE keys_with_lead RENAME TO keys;

-- The name of a revoked key may be given to a new one.
CREATE UNIQUE INDEX keys_in_use ON keys (name) WHERE revoked_at IS NULL;

-- People who sign in. The hash is argon2id in PHC form.
CREATE TABLE users (
    name          TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
    role          TEXT NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

-- Who is signed in. Only the SHA-256 of the token is kept, in lower-case hexadecimal.
CREATE TABLE sessions (
    hash       TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL COLLATE NOCASE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_user ON sessions (name);

-- When an agent was last there: who stays away loses the claims.
CREATE TABLE presence (
    agent   TEXT NOT NULL PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
