-- Both ends of an interval in the index: what one space's dates must lie between is decided there, and only what matches is read from the table.
DROP INDEX ledger.index_date_low;
CREATE INDEX index_date_low ON ledger.index_date (space_id, param, low, high);
