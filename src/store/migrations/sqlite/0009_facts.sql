-- Reports ask which tickets changed in a period.
CREATE INDEX tickets_by_change ON tickets (updated_at);
