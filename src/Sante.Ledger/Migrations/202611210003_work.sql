-- Due work and outbox are taken under a lease by any host, done as ordinary idempotent commands, then forgotten.
-- A host that dies leaves its lease to end; nothing is skipped, because nothing is read by position.
CREATE FUNCTION ledger.take_due(p_most integer, p_lease interval)
RETURNS TABLE (space_id uuid, due_id bigint, at timestamptz, row_id uuid, body bytea, attempts integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
    UPDATE due d SET lease_until = clock_timestamp() + p_lease, attempts = d.attempts + 1
    FROM (SELECT x.space_id, x.due_id FROM due x
          WHERE x.at <= platform_now() AND (x.lease_until IS NULL OR x.lease_until < clock_timestamp())
          ORDER BY x.at LIMIT p_most FOR UPDATE SKIP LOCKED) t
    WHERE d.space_id = t.space_id AND d.due_id = t.due_id
    RETURNING d.space_id, d.due_id, d.at, d.row_id, d.body, d.attempts $$;

-- Only if it is still the work that was taken: the command may have asked for a later date under the same name.
CREATE FUNCTION ledger.end_due(p_space uuid, p_due bigint, p_row uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
    DELETE FROM due WHERE space_id = p_space AND due_id = p_due AND row_id = p_row $$;

CREATE FUNCTION ledger.take_outbox(p_most integer, p_lease interval)
RETURNS TABLE (space_id uuid, row_id uuid, at timestamptz, body bytea, attempts integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
    UPDATE outbox o SET lease_until = clock_timestamp() + p_lease, attempts = o.attempts + 1
    FROM (SELECT x.space_id, x.row_id FROM outbox x
          WHERE x.lease_until IS NULL OR x.lease_until < clock_timestamp()
          ORDER BY x.ord LIMIT p_most FOR UPDATE SKIP LOCKED) t
    WHERE o.space_id = t.space_id AND o.row_id = t.row_id
    RETURNING o.space_id, o.row_id, o.at, o.body, o.attempts $$;

CREATE FUNCTION ledger.end_outbox(p_space uuid, p_row uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
    DELETE FROM outbox WHERE space_id = p_space AND row_id = p_row $$;

-- The space of an actor's own log: the first to ask names it.
CREATE FUNCTION ledger.name_actor_space(p_token uuid, p_space uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO actor_space (actor_token, space_id) VALUES (p_token, p_space) ON CONFLICT (actor_token) DO NOTHING;
    RETURN (SELECT space_id FROM actor_space WHERE actor_token = p_token);
END $$;

-- Hosts say that they are alive and what they have heard; the answer is the world as it stands.
CREATE FUNCTION ledger.hear_world(p_host uuid, p_version bigint)
RETURNS TABLE (version bigint, clock_offset interval, now_ timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO host AS h (host_id, version, seen_at) VALUES (p_host, p_version, clock_timestamp())
    ON CONFLICT (host_id) DO UPDATE SET version = excluded.version, seen_at = excluded.seen_at;
    RETURN QUERY SELECT w.version, w.clock_offset, clock_timestamp() FROM world w;
END $$;

CREATE FUNCTION ledger.leave_world(p_host uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
    DELETE FROM host WHERE host_id = p_host $$;

CREATE FUNCTION ledger.move_clock(p_offset interval) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
DECLARE v bigint;
BEGIN
    UPDATE world SET clock_offset = p_offset, version = version + 1 RETURNING version INTO v;
    PERFORM pg_notify('sante_world', v::text);
    RETURN v;
END $$;

CREATE FUNCTION ledger.set_world_fact(p_fact text, p_holds boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
DECLARE v bigint;
BEGIN
    UPDATE world SET version = version + 1 RETURNING version INTO v;
    IF p_holds THEN
        INSERT INTO world_fact (fact, version) VALUES (p_fact, v) ON CONFLICT (fact) DO UPDATE SET version = excluded.version;
    ELSE
        DELETE FROM world_fact WHERE fact = p_fact;
    END IF;
    PERFORM pg_notify('sante_world', v::text);
    RETURN v;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger TO ${api};
