-- Which space an editor's user (idPE) leads to. No personal data: a keyed token and a space id. The truth is the space's own
-- pairing stream; a row without a pairing in force leads nowhere and may be taken over.
CREATE SCHEMA IF NOT EXISTS space;
GRANT USAGE ON SCHEMA space TO ${api}, ${readonly};

CREATE TABLE space.pairing (
    idpe_token bytea PRIMARY KEY CHECK (octet_length(idpe_token) BETWEEN 16 AND 64),
    space_id   uuid  NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON space.pairing TO ${api};
