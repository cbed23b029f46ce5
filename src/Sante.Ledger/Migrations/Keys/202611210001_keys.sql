-- Roots of the keys, apart from what they open: own database, own backup, short retention (house §1 idea 7).
-- Each root is wrapped by a versioned master key that is not here. A destroyed root leaves its row as the receipt.
CREATE SCHEMA keys;
GRANT USAGE ON SCHEMA keys TO ${keys};
CREATE TABLE keys.root (
    owner uuid NOT NULL, kind smallint NOT NULL,       -- 1 content, 2 trace, 3 registry
    master_version integer NOT NULL, wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(), destroyed_at timestamptz,
    PRIMARY KEY (owner, kind),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
GRANT SELECT, INSERT, UPDATE (wrapped, destroyed_at) ON keys.root TO ${keys};
