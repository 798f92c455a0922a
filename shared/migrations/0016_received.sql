-- Mails that are not taken yet: few, and looked through every minute.
create index inbound_mails_received on inbound_mails (id) where state = 'received';
