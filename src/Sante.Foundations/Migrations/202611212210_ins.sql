-- The registry of identities: the only place where a matricule and a space meet. Nothing here can be read without the keys of the host.
CREATE SCHEMA ins;

-- One row per identity; body = its events, sealed (AES-256-GCM, bound to space and row).
CREATE TABLE ins.identity (
    space_id uuid PRIMARY KEY,
    version integer NOT NULL,
    row_id uuid NOT NULL,
    body bytea NOT NULL
);

-- Keyed tokens (HMAC-SHA256, 128 bits) by which identities are found; without the key they say nothing.
-- Kinds: 1 matricule, present or former; 2 traits of a search; 3 local identifier; 4 public id; 5 where duplicates meet; 6 request.
CREATE TABLE ins.token (
    kind smallint NOT NULL,
    token uuid NOT NULL,
    space_id uuid NOT NULL REFERENCES ins.identity DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (kind, token, space_id)
);
CREATE UNIQUE INDEX token_of_one ON ins.token (kind, token) WHERE kind IN (1, 3, 4, 6);
CREATE INDEX token_by_space ON ins.token (space_id);

GRANT USAGE ON SCHEMA ins TO ${api};
GRANT SELECT, INSERT, UPDATE ON ins.identity TO ${api};
GRANT SELECT, INSERT, UPDATE, DELETE ON ins.token TO ${api};
