-- The writer's one statement: many requests of many spaces, each with its own verdict, committed together.
--
-- Order matters. (1) lock the spaces, in the order of their ids, so that writers never deadlock; (2) only then read: in a
-- volatile function every statement has a snapshot of its own, so what is read after the lock is what the last holder of
-- the lock committed; (3) decide a verdict per request; (4) write the rows of accepted requests, nothing of the others.
-- Within one call a space has either any number of plain requests (lines, new resources) or one exclusive request
-- (events, raise, update, idempotency key): the caller keeps that, step 3 checks it.
--
-- Verdicts: 0 accepted, 1 stale (access or state version moved), 2 busy (locked by another), 3 resource version conflict,
-- 4 duplicate (same idempotency key, same content), 5 permit ended, 6 unknown space, 7 shared refusal (no line of its own),
-- 8 idempotency key reused with another content, 9 the space to begin exists already.
CREATE FUNCTION ledger.commit_batch(
    p_wait boolean,
    p_space uuid[], p_access bigint[], p_until timestamptz[], p_state bigint[], p_raise boolean[], p_birth smallint[],
    p_lines integer[], p_events integer[],
    p_idem bytea[], p_fingerprint bytea[], p_result_row uuid[], p_result bytea[], p_share bigint[],
    t_req integer[], t_row uuid[], t_salt bytea[], t_body bytea[],
    e_req integer[], e_stream text[], e_version integer[], e_row uuid[], e_body bytea[],
    r_req integer[], r_id uuid[], r_expected integer[], r_type bigint[], r_deleted boolean[], r_row uuid[], r_body bytea[],
    i_req integer[], i_id uuid[], i_token bigint[],
    d_req integer[], d_id uuid[], d_param bigint[], d_low timestamptz[], d_high timestamptz[],
    w_req integer[], w_id bigint[], w_at timestamptz[], w_row uuid[], w_body bytea[],
    o_req integer[], o_row uuid[], o_body bytea[])
RETURNS TABLE (verdict smallint, first_seq bigint, access_version bigint, state_version bigint, at timestamptz, result_row uuid, result bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    born   uuid[] := '{}';
    locked uuid[];
    now_   timestamptz;
    v      smallint[];
    ok     uuid[];      -- spaces with an accepted request
    base   bigint[];    -- their last line number before this call
    access_after bigint[];
    state_after  bigint[];
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(p_birth) b WHERE b IS NOT NULL) THEN
        WITH b AS (
            INSERT INTO space (space_id, slot)
            SELECT q.space, q.slot FROM unnest(p_space, p_birth) q(space, slot) WHERE q.slot IS NOT NULL
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

    SELECT array_agg(d.verdict ORDER BY d.ord) INTO v FROM (
        SELECT q.ord, CASE
            WHEN q.birth IS NOT NULL AND NOT q.space = ANY (born) THEN 9
            WHEN s.space_id IS NULL AND EXISTS (SELECT 1 FROM space x WHERE x.space_id = q.space) THEN 2
            WHEN s.space_id IS NULL THEN 6
            WHEN q.access <> s.access_version THEN 1
            WHEN q.until <= now_ THEN 5
            WHEN i.key IS NOT NULL AND i.fingerprint = q.fingerprint THEN 4
            WHEN i.key IS NOT NULL THEN 8
            WHEN q.state <> s.state_version THEN 1
            WHEN c.req IS NOT NULL THEN 3
            WHEN f.share IS NOT NULL THEN 7
            ELSE 0 END::smallint AS verdict
        FROM unnest(p_space, p_access, p_until, p_state, p_birth, p_idem, p_fingerprint, p_share)
                 WITH ORDINALITY q(space, access, until, state, birth, idem, fingerprint, share, ord)
        LEFT JOIN space s ON s.space_id = q.space AND s.space_id = ANY (locked)
        LEFT JOIN idempotency i ON q.idem IS NOT NULL AND i.space_id = q.space AND i.key = q.idem
        LEFT JOIN refusal f ON q.share IS NOT NULL AND f.space_id = q.space AND f.share = q.share
                           AND f.access_version = s.access_version AND f.at > now_ - interval '1 minute' AND f.at <= now_
        LEFT JOIN (SELECT DISTINCT r.req
                   FROM unnest(r_req, r_id, r_expected) r(req, id, expected)
                   LEFT JOIN resource h ON h.space_id = p_space[r.req] AND h.id = r.id
                   WHERE coalesce(h.version, 0) <> r.expected) c ON c.req = q.ord) d;

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
        INSERT INTO resource_version (space_id, id, version, at, deleted, row_id, body)
        SELECT p_space[r.req], r.id, r.expected + 1, now_, r.deleted, r.row_id, r.body
        FROM unnest(r_req, r_id, r_expected, r_deleted, r_row, r_body) r(req, id, expected, deleted, row_id, body)
        WHERE v[r.req] = 0;

        INSERT INTO resource AS h (space_id, id, type_token, version, at, deleted)
        SELECT p_space[r.req], r.id, r.type_token, r.expected + 1, now_, r.deleted
        FROM unnest(r_req, r_id, r_expected, r_type, r_deleted) r(req, id, expected, type_token, deleted)
        WHERE v[r.req] = 0
        ON CONFLICT (space_id, id) DO UPDATE SET version = excluded.version, at = excluded.at, deleted = excluded.deleted;

        IF EXISTS (SELECT 1 FROM unnest(r_expected) x WHERE x > 0) THEN
            DELETE FROM index_token x USING unnest(r_req, r_id, r_expected) r(req, id, expected)
            WHERE v[r.req] = 0 AND r.expected > 0 AND x.space_id = p_space[r.req] AND x.id = r.id;
            DELETE FROM index_date x USING unnest(r_req, r_id, r_expected) r(req, id, expected)
            WHERE v[r.req] = 0 AND r.expected > 0 AND x.space_id = p_space[r.req] AND x.id = r.id;
        END IF;

        INSERT INTO index_token (space_id, token, id)
        SELECT p_space[i.req], i.token, i.id FROM unnest(i_req, i_id, i_token) i(req, id, token)
        WHERE v[i.req] = 0 ON CONFLICT DO NOTHING;

        INSERT INTO index_date (space_id, param, low, high, id)
        SELECT p_space[d.req], d.param, d.low, d.high, d.id FROM unnest(d_req, d_id, d_param, d_low, d_high) d(req, id, param, low, high)
        WHERE v[d.req] = 0;
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

    INSERT INTO idempotency (space_id, key, fingerprint, at, row_id, result)
    SELECT p_space[g], p_idem[g], p_fingerprint[g], now_, p_result_row[g], p_result[g]
    FROM generate_subscripts(p_space, 1) g WHERE v[g] = 0 AND p_idem[g] IS NOT NULL;

    INSERT INTO refusal AS f (space_id, share, access_version, at)
    SELECT DISTINCT p_space[g], p_share[g], p_access[g], now_
    FROM generate_subscripts(p_space, 1) g WHERE v[g] = 0 AND p_share[g] IS NOT NULL
    ON CONFLICT (space_id, share) DO UPDATE SET access_version = excluded.access_version, at = excluded.at;

    RETURN QUERY
    SELECT q.verdict,
           base[q.place] + 1 + sum(q.lines) FILTER (WHERE q.verdict = 0) OVER (PARTITION BY q.space ORDER BY q.ord) - q.lines,
           access_after[q.place], state_after[q.place], now_, i.row_id, i.result
    FROM (SELECT u.*, array_position(ok, u.space) AS place
          FROM unnest(p_space, p_idem, p_lines, v) WITH ORDINALITY u(space, idem, lines, verdict, ord)) q
    LEFT JOIN idempotency i ON q.verdict = 4 AND i.space_id = q.space AND i.key = q.idem
    ORDER BY q.ord;
END $$;
REVOKE ALL ON FUNCTION ledger.commit_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.commit_batch TO ${api};
