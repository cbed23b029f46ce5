-- The present version of a resource stands in ledger.resource itself, its search tokens beside it (records 0007, 0008); ledger.resource_version keeps
-- the past ones. Reading and searching then touch one unpartitioned table, and a create writes one row.
-- Tokens: private ones (keyed by the space's own secret) are positive; clear ones, shared by the spaces of a workbench, have the top bit set, hence are
-- negative: "shared" is that bit, and partial indexes ask for it.
ALTER TABLE ledger.resource ADD COLUMN row_id uuid, ADD COLUMN body bytea, ADD COLUMN tokens bigint[] NOT NULL DEFAULT '{}';
UPDATE ledger.resource h SET type_token = h.type_token & 9223372036854775807, row_id = v.row_id, body = v.body,
    tokens = coalesce((SELECT array_agg(DISTINCT t.token & 9223372036854775807) FROM ledger.index_token t WHERE t.space_id = h.space_id AND t.id = h.id), '{}')
FROM ledger.resource_version v WHERE v.space_id = h.space_id AND v.id = h.id AND v.version = h.version;
DELETE FROM ledger.resource_version v USING ledger.resource h WHERE v.space_id = h.space_id AND v.id = h.id AND v.version = h.version;
UPDATE ledger.index_date SET param = param & 9223372036854775807 WHERE param < 0;
ALTER TABLE ledger.resource ALTER COLUMN row_id SET NOT NULL, ALTER COLUMN body SET NOT NULL;
-- Sealed bodies do not compress: no time is spent on trying.
ALTER TABLE ledger.resource ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE ledger.resource_version ALTER COLUMN body SET STORAGE EXTERNAL;
DROP TABLE ledger.index_token;
DROP INDEX ledger.resource_type;
CREATE INDEX resource_type ON ledger.resource (space_id, type_token) WHERE NOT deleted;
CREATE INDEX resource_tokens ON ledger.resource USING gin (tokens) WITH (fastupdate = off);

-- Workbenches: an integrator's own server, synthetic data only. Their spaces say whose they are; nothing makes a citizen's space one of them later.
CREATE TABLE ledger.workbench (
    workbench_id uuid PRIMARY KEY, name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9-]{1,64}$'),
    home_space uuid NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE ledger.space ADD COLUMN workbench_id uuid REFERENCES ledger.workbench;
CREATE INDEX space_workbench ON ledger.space (workbench_id) WHERE workbench_id IS NOT NULL;

CREATE INDEX resource_shared_type ON ledger.resource (type_token, id) WHERE type_token < 0 AND NOT deleted;
CREATE INDEX index_date_shared ON ledger.index_date (param, high) WHERE param < 0;

-- Folded text and canonical numbers in clear: only for workbenches, hence only under shared parameters.
CREATE TABLE ledger.index_text (
    space_id uuid NOT NULL, param bigint NOT NULL CHECK (param < 0), id uuid NOT NULL, text text COLLATE "C" NOT NULL
);
CREATE INDEX index_text_prefix ON ledger.index_text (param, text);
CREATE INDEX index_text_id ON ledger.index_text (id);
CREATE TABLE ledger.index_number (
    space_id uuid NOT NULL, param bigint NOT NULL CHECK (param < 0), id uuid NOT NULL, value double precision NOT NULL
);
CREATE INDEX index_number_value ON ledger.index_number (param, value);
CREATE INDEX index_number_id ON ledger.index_number (id);
-- Patients of whose compartment a resource is although it lives in another space: rare, so a search in one space asks here whether it has seen all.
CREATE TABLE ledger.index_mention (space_id uuid NOT NULL, patient_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (patient_id, id));
CREATE INDEX index_mention_id ON ledger.index_mention (id);

GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO ${api}, ${readonly};

-- Finds or makes a workbench with its home space. Asking at once twice makes one.
CREATE FUNCTION ledger.create_workbench(p_name text, p_id uuid, p_home uuid, p_slot smallint)
RETURNS TABLE (workbench_id uuid, home_space uuid, created boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO workbench (workbench_id, name, home_space) VALUES (p_id, p_name, p_home) ON CONFLICT (name) DO NOTHING;
    IF FOUND THEN
        INSERT INTO space (space_id, slot, workbench_id) VALUES (p_home, p_slot, p_id);
    END IF;
    RETURN QUERY SELECT w.workbench_id, w.home_space, w.workbench_id = p_id FROM workbench w WHERE w.name = p_name;
END $$;

-- Removes a workbench, its spaces and everything in them; only rows of spaces that name it. Null when there is none. The workbench's row goes
-- first: a patient being born meanwhile waits for it, then finds no workbench.
CREATE FUNCTION ledger.wipe_workbench(p_name text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
DECLARE
    which uuid;
    mine  uuid[];
BEGIN
    SELECT w.workbench_id INTO which FROM workbench w WHERE w.name = p_name FOR UPDATE;
    IF which IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(l.space_id) INTO mine FROM
        (SELECT s.space_id FROM space s WHERE s.workbench_id = which ORDER BY s.space_id FOR UPDATE) l;
    DELETE FROM resource x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM resource_version x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM index_date x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM index_text x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM index_number x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM index_mention x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM trace x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM idempotency x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM refusal x USING unnest(mine) m(space) WHERE x.space_id = m.space;
    DELETE FROM space s USING unnest(mine) m(space) WHERE s.space_id = m.space;
    DELETE FROM workbench w WHERE w.workbench_id = which;
    RETURN which;
END $$;
REVOKE ALL ON FUNCTION ledger.create_workbench, ledger.wipe_workbench FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.create_workbench, ledger.wipe_workbench TO ${api};
