-- How many mails went to an address lately: two machines must not write to each other for ever.
CREATE INDEX mails_sent_to ON mails (address, at) WHERE sent;
