-- Words that an agent's program sent with an id of its own: sent again, they are kept once.
CREATE TABLE sent (
    key     TEXT NOT NULL PRIMARY KEY,
    turn_id TEXT NOT NULL REFERENCES turns (id)
) STRICT, WITHOUT ROWID;
