-- One story for each customer, whichever channel tells it.

CREATE TABLE customers (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    -- As the customer gives it; it identifies nobody.
    name       TEXT,
    attributes TEXT NOT NULL DEFAULT '{}', -- JSON
    created_at INTEGER NOT NULL
) STRICT;

-- What a customer is known by.
CREATE TABLE customer_names (
    kind     TEXT NOT NULL CHECK (kind IN ('id', 'email', 'phone')),
    value    TEXT NOT NULL,
    customer INTEGER NOT NULL REFERENCES customers (number),
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_names_of_customer ON customer_names (customer);

ALTER TABLE conversations ADD COLUMN customer INTEGER REFERENCES customers (number);
-- The conversation that this one goes on in: its turns are told there, its state is that one's.
ALTER TABLE conversations ADD COLUMN joined TEXT REFERENCES conversations (id);
-- Under which identifier the customer last wrote, if another than the conversation's own.
ALTER TABLE conversations ADD COLUMN thread TEXT REFERENCES conversations (id);

CREATE INDEX conversations_of_known_customer ON conversations (customer, updated_at)
    WHERE customer IS NOT NULL;
CREATE INDEX conversations_joined ON conversations (joined) WHERE joined IS NOT NULL;

-- Customers first: their names refer to them.
INSERT INTO customers (number, created_at)
    SELECT row_number() OVER (ORDER BY min(created_at), customer_id), min(created_at)
    FROM conversations WHERE customer_id IS NOT NULL GROUP BY customer_id;
INSERT INTO customer_names (kind, value, customer)
    SELECT 'id', customer_id, row_number() OVER (ORDER BY min(created_at), customer_id)
    FROM conversations WHERE customer_id IS NOT NULL GROUP BY customer_id;
UPDATE conversations SET customer =
    (SELECT customer FROM customer_names WHERE kind = 'id' AND value = customer_id)
    WHERE customer_id IS NOT NULL;

DROP INDEX conversations_of_customer;
CREATE INDEX conversations_of_customer ON conversations (customer_id) WHERE customer_id IS NOT NULL;

-- What became of a conversation, however many tickets there are.
CREATE INDEX tickets_of_conversation ON tickets (conversation_id, created_at);
