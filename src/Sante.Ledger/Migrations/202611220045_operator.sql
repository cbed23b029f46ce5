-- The platform clock and the facts outside spaces move law and rights for everybody: front-ends hear them, the operators' role alone moves them.
REVOKE EXECUTE ON FUNCTION ledger.move_clock(interval) FROM ${api};

-- Who says a fact: an operator, or a national directory. It holds as long as any of them says it; none ends what another said.
ALTER TABLE ledger.world_fact ADD COLUMN source text NOT NULL DEFAULT 'operator', DROP CONSTRAINT world_fact_pkey, ADD PRIMARY KEY (fact, source);

DROP FUNCTION ledger.set_world_fact(text, boolean);
CREATE FUNCTION ledger.set_world_fact(p_source text, p_fact text, p_holds boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
DECLARE v bigint;
BEGIN
    UPDATE world SET version = version + 1 RETURNING version INTO v;
    IF p_holds THEN
        INSERT INTO world_fact (fact, source, version) VALUES (p_fact, p_source, v) ON CONFLICT (fact, source) DO UPDATE SET version = excluded.version;
    ELSE
        DELETE FROM world_fact WHERE fact = p_fact AND source = p_source;
    END IF;
    PERFORM pg_notify('sante_world', v::text);
    RETURN v;
END $$;

-- All that one source says, at once; the number of facts begun and ended. Unchanged, nobody is told.
CREATE FUNCTION ledger.keep_world_facts(p_source text, p_facts text[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
DECLARE v bigint; ended bigint; begun bigint;
BEGIN
    -- Locked first: whoever hears a version hears all of its facts.
    SELECT version + 1 INTO v FROM world FOR UPDATE;
    WITH gone AS (DELETE FROM world_fact f WHERE f.source = p_source AND NOT EXISTS (SELECT FROM unnest(p_facts) x WHERE x = f.fact) RETURNING 1) SELECT count(*) INTO ended FROM gone;
    WITH new AS (
        INSERT INTO world_fact (fact, source, version) SELECT DISTINCT x, p_source, v FROM unnest(p_facts) x ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) INTO begun FROM new;
    IF begun + ended > 0 THEN
        UPDATE world SET version = v;
        PERFORM pg_notify('sante_world', v::text);
    END IF;
    RETURN begun + ended;
END $$;

REVOKE ALL ON FUNCTION ledger.set_world_fact(text, text, boolean), ledger.keep_world_facts(text, text[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO ${operator};
GRANT EXECUTE ON FUNCTION ledger.move_clock(interval), ledger.set_world_fact(text, text, boolean) TO ${operator};
