-- The writer's one statement, second form (records 0001, 0007, 0009): groups of requests, guards of conditional interactions, references that must lead
-- somewhere, updates of whatever version is present, clear index rows of workbenches. The order stays: (0) the guards' advisory locks, sorted; (1) the
-- spaces' rows, in the order of their ids; (2) only then read; (3) a verdict per request; (4) write the rows of accepted requests alone.
--
-- Verdicts: 0 accepted, 1 stale (access or state version moved), 2 busy (locked by another), 3 resource version conflict, 4 duplicate (same idempotency
-- key, same content), 5 permit ended, 6 unknown space, 7 shared refusal (no line of its own), 8 idempotency key reused with another content, 9 the space
-- to begin exists already, 10 another member of its group was not accepted, 11 a reference leads to nothing, 12 the candidates of a guard have changed.
DROP FUNCTION ledger.commit_batch;
CREATE FUNCTION ledger.commit_batch(
    p_wait boolean,
    p_space uuid[], p_access bigint[], p_until timestamptz[], p_state bigint[], p_raise boolean[], p_birth smallint[], p_workbench uuid[], p_group integer[],
    p_lines integer[], p_events integer[],
    p_idem bytea[], p_fingerprint bytea[], p_result_row uuid[], p_result bytea[], p_share bigint[],
    t_req integer[], t_row uuid[], t_salt bytea[], t_body bytea[],
    e_req integer[], e_stream text[], e_version integer[], e_row uuid[], e_body bytea[],
    -- resources: expected 0 creates, n > 0 updates version n, -1 whatever is present, -2 what is deleted; tokens are r_tokens[r_first .. r_last]
    r_req integer[], r_id uuid[], r_expected integer[], r_type bigint[], r_deleted boolean[], r_row uuid[], r_body bytea[],
    r_first integer[], r_last integer[], r_tokens bigint[],
    d_req integer[], d_id uuid[], d_param bigint[], d_low timestamptz[], d_high timestamptz[],
    n_req integer[], n_id uuid[], n_param bigint[], n_value double precision[],
    x_req integer[], x_id uuid[], x_param bigint[], x_text text[],
    f_req integer[], f_id uuid[], f_patient uuid[],
    m_req integer[], m_id uuid[],
    -- guards: candidates are the present resources of a type with all of g_tokens[g_first .. g_last]; expected ones are those of c_guard = the guard's place
    g_req integer[], g_lock bigint[], g_type bigint[], g_first integer[], g_last integer[], g_tokens bigint[],
    c_guard integer[], c_id uuid[], c_version integer[],
    w_req integer[], w_id bigint[], w_at timestamptz[], w_row uuid[], w_body bytea[],
    o_req integer[], o_row uuid[], o_body bytea[])
RETURNS TABLE (verdict smallint, first_seq bigint, access_version bigint, state_version bigint, at timestamptz, result_row uuid, result bytea, versions integer[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp
-- Plans are made once, maybe on empty tables: they must be the ones that stay right when the tables are full.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    born   uuid[] := '{}';
    benches uuid[] := '{}';
    locked uuid[];
    now_   timestamptz;
    v      smallint[];
    moved  integer[] := '{}';
    astray integer[] := '{}';
    wrong  integer[] := '{}';   -- requests with a resource that is not at its expected version
    after_ integer[] := '{}';   -- version of each resource once written
    present boolean[] := '{}';  -- whether each resource is there already
    ok     uuid[];      -- spaces with an accepted request
    base   bigint[];    -- their last line number before this call
    access_after bigint[];
    state_after  bigint[];
    has_past  boolean := false;
    has_clear boolean := false;
    candidates boolean;
BEGIN
    IF cardinality(g_req) > 0 THEN
        PERFORM pg_advisory_xact_lock(k.key) FROM (SELECT DISTINCT g.key FROM unnest(g_lock) g(key) ORDER BY g.key) k;
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(p_birth) b WHERE b IS NOT NULL) THEN
        SELECT coalesce(array_agg(l.workbench_id), '{}') INTO benches FROM
            (SELECT w.workbench_id FROM workbench w WHERE w.workbench_id = ANY (p_workbench) ORDER BY w.workbench_id FOR KEY SHARE) l;
        WITH b AS (
            INSERT INTO space (space_id, slot, workbench_id)
            SELECT q.space, q.slot, q.workbench FROM unnest(p_space, p_birth, p_workbench) q(space, slot, workbench)
            WHERE q.slot IS NOT NULL AND (q.workbench IS NULL OR q.workbench = ANY (benches))
            ORDER BY q.space
            ON CONFLICT DO NOTHING RETURNING space_id)
        SELECT coalesce(array_agg(space_id), '{}') INTO born FROM b;
    END IF;

    IF p_wait THEN
        SELECT coalesce(array_agg(l.space_id), '{}') INTO locked FROM
            (SELECT s.space_id FROM space s WHERE s.space_id = ANY (p_space) ORDER BY s.space_id FOR NO KEY UPDATE) l;
    ELSE
        SELECT coalesce(array_agg(l.space_id), '{}') INTO locked FROM
            (SELECT s.space_id FROM space s WHERE s.space_id = ANY (p_space) ORDER BY s.space_id FOR NO KEY UPDATE SKIP LOCKED) l;
    END IF;

    SELECT clock_timestamp() + w.clock_offset INTO now_ FROM world w;

    IF cardinality(r_req) > 0 THEN
        SELECT array_agg(coalesce(h.version, 0) + 1 ORDER BY r.ord), array_agg(h.id IS NOT NULL ORDER BY r.ord), bool_or(h.id IS NOT NULL), bool_or(r.type_token < 0),
               coalesce(array_agg(r.req) FILTER (WHERE h.space_id <> p_space[r.req] OR (r.expected >= 0 AND coalesce(h.version, 0) <> r.expected)
                                                    OR (r.expected < 0 AND (h.id IS NULL OR h.deleted <> (r.expected = -2)))), '{}')
          INTO after_, present, has_past, has_clear, wrong
        FROM unnest(r_req, r_id, r_expected, r_type) WITH ORDINALITY r(req, id, expected, type_token, ord)
        LEFT JOIN resource h ON h.id = r.id;
    END IF;

    IF cardinality(m_req) > 0 THEN
        SELECT coalesce(array_agg(DISTINCT m.req), '{}') INTO astray FROM unnest(m_req, m_id) m(req, id)
        WHERE NOT EXISTS (SELECT 1 FROM resource h WHERE h.id = m.id AND NOT h.deleted);
    END IF;

    FOR g IN 1 .. cardinality(g_req) LOOP
        IF g_last[g] >= g_first[g] THEN
            SELECT EXISTS (
                (SELECT h.id, h.version FROM resource h
                 WHERE h.tokens @> g_tokens[g_first[g] : g_last[g]] AND h.type_token = g_type[g] AND NOT h.deleted
                 EXCEPT SELECT c.id, c.version FROM unnest(c_guard, c_id, c_version) c(guard, id, version) WHERE c.guard = g)
                UNION ALL
                (SELECT c.id, c.version FROM unnest(c_guard, c_id, c_version) c(guard, id, version) WHERE c.guard = g
                 EXCEPT SELECT h.id, h.version FROM resource h
                 WHERE h.tokens @> g_tokens[g_first[g] : g_last[g]] AND h.type_token = g_type[g] AND NOT h.deleted)) INTO candidates;
        ELSE
            SELECT EXISTS (
                (SELECT h.id, h.version FROM resource h WHERE h.type_token = g_type[g] AND h.type_token < 0 AND NOT h.deleted
                 EXCEPT SELECT c.id, c.version FROM unnest(c_guard, c_id, c_version) c(guard, id, version) WHERE c.guard = g)
                UNION ALL
                (SELECT c.id, c.version FROM unnest(c_guard, c_id, c_version) c(guard, id, version) WHERE c.guard = g
                 EXCEPT SELECT h.id, h.version FROM resource h WHERE h.type_token = g_type[g] AND h.type_token < 0 AND NOT h.deleted)) INTO candidates;
        END IF;
        IF candidates THEN
            moved := moved || g_req[g];
        END IF;
    END LOOP;

    SELECT array_agg(d.verdict ORDER BY d.ord) INTO v FROM (
        SELECT q.ord, CASE
            WHEN q.birth IS NOT NULL AND NOT q.space = ANY (born) AND q.workbench IS NOT NULL AND NOT q.workbench = ANY (benches) THEN 6
            WHEN q.birth IS NOT NULL AND NOT q.space = ANY (born) THEN 9
            WHEN s.space_id IS NULL AND EXISTS (SELECT 1 FROM space x WHERE x.space_id = q.space) THEN 2
            WHEN s.space_id IS NULL THEN 6
            WHEN q.access <> s.access_version THEN 1
            WHEN q.until <= now_ THEN 5
            WHEN i.key IS NOT NULL AND i.fingerprint = q.fingerprint THEN 4
            WHEN i.key IS NOT NULL THEN 8
            WHEN q.state <> s.state_version THEN 1
            WHEN q.ord = ANY (moved) THEN 12
            WHEN q.ord = ANY (wrong) THEN 3
            WHEN q.ord = ANY (astray) THEN 11
            WHEN f.share IS NOT NULL THEN 7
            ELSE 0 END::smallint AS verdict
        FROM unnest(p_space, p_access, p_until, p_state, p_birth, p_workbench, p_idem, p_fingerprint, p_share)
                 WITH ORDINALITY q(space, access, until, state, birth, workbench, idem, fingerprint, share, ord)
        LEFT JOIN space s ON s.space_id = q.space AND s.space_id = ANY (locked)
        LEFT JOIN idempotency i ON q.idem IS NOT NULL AND i.space_id = q.space AND i.key = q.idem
        LEFT JOIN refusal f ON q.share IS NOT NULL AND f.space_id = q.space AND f.share = q.share
                           AND f.access_version = s.access_version AND f.at > now_ - interval '1 minute' AND f.at <= now_) d;

    IF EXISTS (SELECT 1 FROM unnest(p_group) g WHERE g IS NOT NULL) THEN
        SELECT array_agg(CASE WHEN d.verdict = 0 AND d.failed THEN 10 ELSE d.verdict END::smallint ORDER BY d.ord) INTO v FROM (
            SELECT q.verdict, q.ord, q.grp IS NOT NULL AND bool_or(q.verdict <> 0) OVER (PARTITION BY q.grp) AS failed
            FROM unnest(p_group, v) WITH ORDINALITY q(grp, verdict, ord)) d;
    END IF;

    -- A space whose first request is not accepted was never born.
    IF cardinality(born) > 0 AND EXISTS (SELECT 1 FROM unnest(v) x WHERE x <> 0) THEN
        DELETE FROM space s USING unnest(p_space, v) q(space, verdict) WHERE q.verdict <> 0 AND q.space = ANY (born) AND s.space_id = q.space;
    END IF;

    -- Clear rows only in a workbench, and nothing else there.
    IF cardinality(r_req) > 0 AND EXISTS (
        SELECT 1 FROM unnest(r_req, r_type) r(req, type_token) JOIN space s ON s.space_id = p_space[r.req]
        WHERE v[r.req] = 0 AND (r.type_token < 0) <> (s.workbench_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'commit_batch: index in clear and space do not fit' USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- Space rows: numbers for the lines, versions for what follows. The condition repeats the fence.
    WITH a AS (
        SELECT q.space, max(q.access) AS access, sum(q.lines) AS lines, sum(q.events) AS events,
               count(*) FILTER (WHERE q.raise) AS raises, count(*) FILTER (WHERE q.raise OR q.state IS NOT NULL) AS exclusive, count(*) AS n
        FROM unnest(p_space, p_access, p_raise, p_state, p_lines, p_events, v) q(space, access, raise, state, lines, events, verdict)
        WHERE q.verdict = 0
        GROUP BY q.space),
    u AS (
        UPDATE space s SET trace_seq = s.trace_seq + a.lines, state_version = s.state_version + a.events,
                           access_version = s.access_version + a.raises
        FROM a WHERE s.space_id = a.space AND s.access_version = a.access AND (a.exclusive = 0 OR a.n = 1)
        RETURNING s.space_id, s.trace_seq - a.lines AS base, s.access_version, s.state_version)
    SELECT array_agg(u.space_id), array_agg(u.base), array_agg(u.access_version), array_agg(u.state_version)
      INTO ok, base, access_after, state_after FROM u;

    IF (SELECT count(DISTINCT p_space[g]) FROM generate_subscripts(p_space, 1) g WHERE v[g] = 0) <> coalesce(cardinality(ok), 0) THEN
        RAISE EXCEPTION 'commit_batch: an exclusive request shares its space with another' USING ERRCODE = 'invalid_parameter_value';
    END IF;

    IF cardinality(t_req) > 0 THEN
        INSERT INTO trace (space_id, seq, at, access_version, row_id, salt, body)
        SELECT p_space[t.req],
               base[array_position(ok, p_space[t.req])] + row_number() OVER (PARTITION BY p_space[t.req] ORDER BY t.req, t.ord),
               now_, p_access[t.req] + CASE WHEN p_raise[t.req] THEN 1 ELSE 0 END, t.row_id, t.salt, t.body
        FROM unnest(t_req, t_row, t_salt, t_body) WITH ORDINALITY t(req, row_id, salt, body, ord)
        WHERE v[t.req] = 0;
    END IF;

    IF cardinality(e_req) > 0 THEN
        INSERT INTO event (space_id, stream, version, state_version, at, row_id, body)
        SELECT p_space[e.req], e.stream, e.version,
               p_state[e.req] + row_number() OVER (PARTITION BY e.req ORDER BY e.ord), now_, e.row_id, e.body
        FROM unnest(e_req, e_stream, e_version, e_row, e_body) WITH ORDINALITY e(req, stream, version, row_id, body, ord)
        WHERE v[e.req] = 0;
    END IF;

    IF cardinality(r_req) > 0 THEN
        IF has_past THEN
            INSERT INTO resource_version (space_id, id, version, at, deleted, row_id, body)
            SELECT h.space_id, h.id, h.version, h.at, h.deleted, h.row_id, h.body
            FROM unnest(r_req, r_id, present) r(req, id, present) JOIN resource h ON h.id = r.id
            WHERE v[r.req] = 0 AND r.present;

            UPDATE resource h SET version = r.version, at = now_, deleted = r.deleted, row_id = r.row_id, body = r.body, tokens = r_tokens[r.low : r.high]
            FROM unnest(r_req, r_id, r_deleted, r_row, r_body, r_first, r_last, after_, present) r(req, id, deleted, row_id, body, low, high, version, present)
            WHERE v[r.req] = 0 AND r.present AND h.id = r.id;

            DELETE FROM index_date x USING unnest(r_req, r_id, present) r(req, id, present)
            WHERE v[r.req] = 0 AND r.present AND x.space_id = p_space[r.req] AND x.id = r.id;
            IF has_clear THEN
                DELETE FROM index_number x USING unnest(r_req, r_id, present) r(req, id, present) WHERE v[r.req] = 0 AND r.present AND x.id = r.id;
                DELETE FROM index_text x USING unnest(r_req, r_id, present) r(req, id, present) WHERE v[r.req] = 0 AND r.present AND x.id = r.id;
                DELETE FROM index_mention x USING unnest(r_req, r_id, present) r(req, id, present) WHERE v[r.req] = 0 AND r.present AND x.id = r.id;
            END IF;
        END IF;

        INSERT INTO resource (space_id, id, type_token, version, at, deleted, row_id, body, tokens)
        SELECT p_space[r.req], r.id, r.type_token, 1, now_, r.deleted, r.row_id, r.body, r_tokens[r.low : r.high]
        FROM unnest(r_req, r_id, r_type, r_deleted, r_row, r_body, r_first, r_last, present) r(req, id, type_token, deleted, row_id, body, low, high, present)
        WHERE v[r.req] = 0 AND NOT r.present;

        INSERT INTO index_date (space_id, param, low, high, id)
        SELECT p_space[d.req], d.param, d.low, d.high, d.id FROM unnest(d_req, d_id, d_param, d_low, d_high) d(req, id, param, low, high)
        WHERE v[d.req] = 0;
    END IF;

    IF cardinality(n_req) > 0 THEN
        INSERT INTO index_number (space_id, param, id, value)
        SELECT p_space[n.req], n.param, n.id, n.value FROM unnest(n_req, n_id, n_param, n_value) n(req, id, param, value) WHERE v[n.req] = 0 AND has_clear;
    END IF;
    IF cardinality(x_req) > 0 THEN
        INSERT INTO index_text (space_id, param, id, text)
        SELECT p_space[x.req], x.param, x.id, x.text FROM unnest(x_req, x_id, x_param, x_text) x(req, id, param, text) WHERE v[x.req] = 0 AND has_clear;
    END IF;
    IF cardinality(f_req) > 0 THEN
        INSERT INTO index_mention (space_id, patient_id, id)
        SELECT p_space[f.req], f.patient, f.id FROM unnest(f_req, f_id, f_patient) f(req, id, patient) WHERE v[f.req] = 0 AND has_clear
        ON CONFLICT DO NOTHING;
    END IF;

    IF cardinality(w_req) > 0 THEN
        DELETE FROM due x USING unnest(w_req, w_id, w_at) w(req, due_id, at)
        WHERE v[w.req] = 0 AND w.at IS NULL AND x.space_id = p_space[w.req] AND x.due_id = w.due_id;
        INSERT INTO due (space_id, due_id, at, row_id, body)
        SELECT p_space[w.req], w.due_id, w.at, w.row_id, w.body FROM unnest(w_req, w_id, w_at, w_row, w_body) w(req, due_id, at, row_id, body)
        WHERE v[w.req] = 0 AND w.at IS NOT NULL
        ON CONFLICT (space_id, due_id) DO UPDATE
            SET at = excluded.at, row_id = excluded.row_id, body = excluded.body, lease_until = NULL, attempts = 0;
    END IF;

    IF cardinality(o_req) > 0 THEN
        INSERT INTO outbox (space_id, row_id, at, body)
        SELECT p_space[o.req], o.row_id, now_, o.body FROM unnest(o_req, o_row, o_body) o(req, row_id, body) WHERE v[o.req] = 0;
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(p_idem) i WHERE i IS NOT NULL) THEN
        INSERT INTO idempotency (space_id, key, fingerprint, at, row_id, result)
        SELECT p_space[g], p_idem[g], p_fingerprint[g], now_, p_result_row[g], p_result[g]
        FROM generate_subscripts(p_space, 1) g WHERE v[g] = 0 AND p_idem[g] IS NOT NULL;
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(p_share) s WHERE s IS NOT NULL) THEN
        INSERT INTO refusal AS f (space_id, share, access_version, at)
        SELECT DISTINCT p_space[g], p_share[g], p_access[g], now_
        FROM generate_subscripts(p_space, 1) g WHERE v[g] = 0 AND p_share[g] IS NOT NULL
        ON CONFLICT (space_id, share) DO UPDATE SET access_version = excluded.access_version, at = excluded.at;
    END IF;

    RETURN QUERY
    SELECT q.verdict,
           base[q.place] + 1 + sum(q.lines) FILTER (WHERE q.verdict = 0) OVER (PARTITION BY q.space ORDER BY q.ord) - q.lines,
           access_after[q.place], state_after[q.place], now_, i.row_id, i.result,
           CASE WHEN has_past THEN (SELECT array_agg(r.version ORDER BY r.ord) FROM unnest(r_req, after_) WITH ORDINALITY r(req, version, ord) WHERE r.req = q.ord) END
    FROM (SELECT u.*, array_position(ok, u.space) AS place
          FROM unnest(p_space, p_idem, p_lines, v) WITH ORDINALITY u(space, idem, lines, verdict, ord)) q
    LEFT JOIN idempotency i ON q.verdict = 4 AND i.space_id = q.space AND i.key = q.idem
    ORDER BY q.ord;
END $$;

-- Reading with its line, in one statement: each request is one line and at most one version of one resource of its space. Under the lock of the
-- space's row the line is written, then the version is read: what comes back was recorded first. p_version null: the present one.
CREATE FUNCTION ledger.read_batch(
    p_wait boolean, p_space uuid[], p_access bigint[], p_id uuid[], p_version integer[], t_row uuid[], t_salt bytea[], t_body bytea[])
RETURNS TABLE (verdict smallint, seq bigint, at timestamptz, version integer, changed_at timestamptz, deleted boolean, row_id uuid, body bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    locked uuid[];
    held   bigint[];
    last   bigint[];
    v      smallint[];
    s      bigint[];
    now_   timestamptz;
BEGIN
    -- The locking SELECT itself gives the values that the last holder of each lock committed.
    IF p_wait THEN
        SELECT array_agg(l.space_id), array_agg(l.access_version), array_agg(l.trace_seq) INTO locked, held, last FROM
            (SELECT x.space_id, x.access_version, x.trace_seq FROM space x WHERE x.space_id = ANY (p_space) ORDER BY x.space_id FOR NO KEY UPDATE) l;
    ELSE
        SELECT array_agg(l.space_id), array_agg(l.access_version), array_agg(l.trace_seq) INTO locked, held, last FROM
            (SELECT x.space_id, x.access_version, x.trace_seq FROM space x WHERE x.space_id = ANY (p_space) ORDER BY x.space_id FOR NO KEY UPDATE SKIP LOCKED) l;
    END IF;
    SELECT clock_timestamp() + w.clock_offset INTO now_ FROM world w;

    SELECT array_agg(d.verdict ORDER BY d.ord), array_agg(last[d.place] + d.number ORDER BY d.ord) INTO v, s FROM (
        SELECT q.ord, q.place, q.verdict, row_number() OVER (PARTITION BY q.place, q.verdict ORDER BY q.ord) AS number FROM (
            SELECT u.ord, p.place, CASE
                WHEN p.place IS NULL AND EXISTS (SELECT 1 FROM space x WHERE x.space_id = u.space) THEN 2
                WHEN p.place IS NULL THEN 6
                WHEN held[p.place] <> u.access THEN 1 ELSE 0 END::smallint AS verdict
            FROM unnest(p_space, p_access) WITH ORDINALITY u(space, access, ord), LATERAL (SELECT array_position(locked, u.space) AS place) p) q) d;

    INSERT INTO trace (space_id, seq, at, access_version, row_id, salt, body)
    SELECT u.space, u.seq, now_, u.access, u.row_id, u.salt, u.body
    FROM unnest(p_space, p_access, t_row, t_salt, t_body, v, s) u(space, access, row_id, salt, body, verdict, seq) WHERE u.verdict = 0;

    UPDATE space x SET trace_seq = u.seq
    FROM (SELECT q.space, max(q.access) AS access, max(q.seq) AS seq FROM unnest(p_space, p_access, v, s) q(space, access, verdict, seq) WHERE q.verdict = 0 GROUP BY q.space) u
    WHERE x.space_id = u.space AND x.access_version = u.access;

    RETURN QUERY
    SELECT u.verdict, u.seq, now_,
           coalesce(h.version, o.version), coalesce(h.at, o.at), coalesce(h.deleted, o.deleted), coalesce(h.row_id, o.row_id), coalesce(h.body, o.body)
    FROM unnest(p_space, p_id, p_version, v, s) WITH ORDINALITY u(space, id, version, verdict, seq, ord)
    LEFT JOIN resource h ON u.verdict = 0 AND h.id = u.id AND h.space_id = u.space AND (u.version IS NULL OR h.version = u.version)
    LEFT JOIN resource_version o ON u.verdict = 0 AND u.version IS NOT NULL AND h.id IS NULL AND o.space_id = u.space AND o.id = u.id AND o.version = u.version
    ORDER BY u.ord;
END $$;
REVOKE ALL ON FUNCTION ledger.commit_batch, ledger.read_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.commit_batch, ledger.read_batch TO ${api};
