-- What a person can do besides, and what whoever takes a ticket must be able to do: JSON lists of names.
ALTER TABLE users ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tickets ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';
