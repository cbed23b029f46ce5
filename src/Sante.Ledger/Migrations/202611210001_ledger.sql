-- The ledger: spaces, events, fenced trace, resources with their keyed index, due work, outbox.
-- In clear: space ids, sequence and version numbers, instants, keyed tokens. Everything else is AES-256-GCM (house §1 idea 7).
-- The api role never writes a table itself: it may SELECT, and EXECUTE the functions below, which run as the owner.
CREATE SCHEMA ledger;
GRANT USAGE ON SCHEMA ledger TO ${api}, ${readonly};

-- One row per space: what every decision is fenced on. Small and hot, hence the fill factor (heap-only updates).
CREATE TABLE ledger.space (
    space_id       uuid     PRIMARY KEY,
    slot           smallint NOT NULL CHECK (slot BETWEEN 0 AND 4095),
    access_version bigint   NOT NULL DEFAULT 1,   -- raised by whatever changes who may see what
    state_version  bigint   NOT NULL DEFAULT 0,   -- number of events appended, all streams
    trace_seq      bigint   NOT NULL DEFAULT 0    -- last line number; numbers have no gap
) WITH (fillfactor = 60);

-- Append-only facts. Hash partitions only: the uniqueness of (space, stream, version) must not depend on a year.
CREATE TABLE ledger.event (
    space_id uuid NOT NULL, stream text NOT NULL, version integer NOT NULL,
    state_version bigint NOT NULL, at timestamptz NOT NULL,
    row_id uuid NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (space_id, stream, version)
) PARTITION BY HASH (space_id);

CREATE TABLE ledger.trace (
    space_id uuid NOT NULL, seq bigint NOT NULL, at timestamptz NOT NULL,
    access_version bigint NOT NULL,
    row_id uuid NOT NULL, salt bytea NOT NULL CHECK (octet_length(salt) = 16), body bytea NOT NULL,
    PRIMARY KEY (space_id, seq, at)
) PARTITION BY HASH (space_id);

CREATE TABLE ledger.resource_version (
    space_id uuid NOT NULL, id uuid NOT NULL, version integer NOT NULL, at timestamptz NOT NULL,
    deleted boolean NOT NULL, row_id uuid NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (space_id, id, version, at)
) PARTITION BY HASH (space_id);

-- Four hash partitions, each cut by year: past years leave as whole files when their legal term ends.
DO $$
DECLARE t text; h int; y int;
BEGIN
    FOR h IN 0..3 LOOP
        EXECUTE format('CREATE TABLE ledger.event_%s PARTITION OF ledger.event FOR VALUES WITH (MODULUS 4, REMAINDER %s)', h, h);
        FOREACH t IN ARRAY ARRAY['trace', 'resource_version'] LOOP
            EXECUTE format('CREATE TABLE ledger.%s_%s PARTITION OF ledger.%s FOR VALUES WITH (MODULUS 4, REMAINDER %s) PARTITION BY RANGE (at)', t, h, t, h);
            EXECUTE format('CREATE TABLE ledger.%s_%s_rest PARTITION OF ledger.%s_%s DEFAULT', t, h, t, h);
            FOR y IN 2026..2031 LOOP
                EXECUTE format('CREATE TABLE ledger.%s_%s_%s PARTITION OF ledger.%s_%s FOR VALUES FROM (%L) TO (%L)',
                    t, h, y, t, h, make_timestamptz(y, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(y + 1, 1, 1, 0, 0, 0, 'UTC'));
            END LOOP;
        END LOOP;
    END LOOP;
END $$;

-- The present version of each resource. The id alone leads to the space (house §6).
CREATE TABLE ledger.resource (
    space_id uuid NOT NULL, id uuid NOT NULL, type_token bigint NOT NULL,
    version integer NOT NULL, at timestamptz NOT NULL, deleted boolean NOT NULL,
    PRIMARY KEY (space_id, id)
);
CREATE UNIQUE INDEX resource_id ON ledger.resource (id) INCLUDE (space_id);
CREATE INDEX resource_type ON ledger.resource (space_id, type_token, at) WHERE NOT deleted;

CREATE TABLE ledger.index_token (
    space_id uuid NOT NULL, token bigint NOT NULL, id uuid NOT NULL,
    PRIMARY KEY (space_id, token, id)
);
CREATE INDEX index_token_id ON ledger.index_token (space_id, id);

CREATE TABLE ledger.index_date (
    space_id uuid NOT NULL, param bigint NOT NULL, low timestamptz NOT NULL, high timestamptz NOT NULL, id uuid NOT NULL
);
CREATE INDEX index_date_low ON ledger.index_date (space_id, param, low);
CREATE INDEX index_date_id ON ledger.index_date (space_id, id);

CREATE TABLE ledger.idempotency (
    space_id uuid NOT NULL, key bytea NOT NULL, fingerprint bytea NOT NULL, at timestamptz NOT NULL,
    row_id uuid NOT NULL, result bytea NOT NULL,
    PRIMARY KEY (space_id, key)
);

-- Equal refusals of one actor within a minute share one line.
CREATE TABLE ledger.refusal (
    space_id uuid NOT NULL, share bigint NOT NULL, access_version bigint NOT NULL, at timestamptz NOT NULL,
    PRIMARY KEY (space_id, share)
) WITH (fillfactor = 70);

CREATE TABLE ledger.due (
    space_id uuid NOT NULL, due_id bigint NOT NULL, at timestamptz NOT NULL,
    row_id uuid NOT NULL, body bytea NOT NULL,
    lease_until timestamptz, attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (space_id, due_id)
);
CREATE INDEX due_at ON ledger.due (at);

CREATE TABLE ledger.outbox (
    space_id uuid NOT NULL, row_id uuid NOT NULL, ord bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL,
    body bytea NOT NULL, lease_until timestamptz, attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (space_id, row_id)
);
CREATE INDEX outbox_ord ON ledger.outbox (ord);

-- Actors (callers) keep a log of their own in a space of theirs; the token is keyed, the actor cannot be read from it.
CREATE TABLE ledger.actor_space (actor_token uuid PRIMARY KEY, space_id uuid NOT NULL UNIQUE);

-- Platform time = system time + offset; facts outside every space (suspended app, struck-off professional, matrix, signing key).
CREATE TABLE ledger.world (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    clock_offset interval NOT NULL DEFAULT '0', version bigint NOT NULL DEFAULT 1
);
INSERT INTO ledger.world DEFAULT VALUES;
CREATE TABLE ledger.world_fact (fact text PRIMARY KEY, version bigint NOT NULL);
-- Live hosts and the world version that each has heard.
CREATE TABLE ledger.host (host_id uuid PRIMARY KEY, version bigint NOT NULL, seen_at timestamptz NOT NULL);

CREATE FUNCTION ledger.platform_now() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp() + clock_offset FROM ledger.world $$;

GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO ${api}, ${readonly};
