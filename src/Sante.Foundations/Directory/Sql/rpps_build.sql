ANALYZE directory_next.read_practitioner, directory_next.read_activity, directory_next.read_more, directory_next.read_structure, directory_next.read_refused;

-- Activities: the skills of all their rows together.
INSERT INTO directory_next.activity
SELECT read.activity_id, read.practitioner_id, read.structure_id, read.profession, read.category, read.mode, read.sector, read.pharmacist_section,
    read.function, read.genre, of_all.skills,
    array_remove(ARRAY['P-' || read.profession, 'R23-' || read.mode, 'R22-' || read.genre, 'R21-' || read.function, 'R06-' || read.pharmacist_section, 'R02-' || read.sector], NULL)
        || ARRAY(SELECT replace(skill, ':', '-') FROM unnest(of_all.skills) AS skill),
    CASE WHEN old.activity_id IS NULL THEN 1 WHEN old.skills = of_all.skills THEN old.version ELSE old.version + 1 END,
    CASE WHEN old.skills = of_all.skills THEN old.updated_at ELSE transaction_timestamp() END
FROM directory_next.read_activity AS read
LEFT JOIN (
    SELECT activity_id, array_agg(DISTINCT skill_type || ':' || skill) AS skills FROM directory_next.read_more WHERE skill IS NOT NULL GROUP BY activity_id
) AS more USING (activity_id)
LEFT JOIN directory.activity AS old USING (activity_id)
CROSS JOIN LATERAL (
    SELECT CASE WHEN more.skills IS NULL THEN array_remove(ARRAY[read.skill_type || ':' || read.skill], NULL)
        ELSE ARRAY(SELECT DISTINCT skill FROM unnest(more.skills || (read.skill_type || ':' || read.skill)) AS skill WHERE skill IS NOT NULL ORDER BY skill) END AS skills
) AS of_all;

-- A refused row changes nothing of what was known of that person, and strikes no one off.
INSERT INTO directory_next.activity
SELECT old.* FROM directory.activity AS old
WHERE old.practitioner_id IN (SELECT practitioner_id FROM directory_next.read_refused)
    AND NOT EXISTS (SELECT FROM directory_next.read_activity AS read WHERE read.activity_id = old.activity_id);

-- Persons: names from their first row, professions and skills from all.
INSERT INTO directory_next.practitioner
SELECT read.practitioner_id, read.identifier, read.civility, read.exercise_civility, read.family, read.given, read.family_fold, read.given_fold,
    of_all.professions, of_all.skills,
    ARRAY(SELECT DISTINCT token FROM unnest(of_all.professions) AS profession, LATERAL (VALUES ('P-' || split_part(profession, ':', 1)), ('R09-' || nullif(split_part(profession, ':', 2), ''))) AS v(token) WHERE token IS NOT NULL)
        || ARRAY(SELECT replace(skill, ':', '-') FROM unnest(of_all.skills) AS skill),
    true,
    CASE WHEN old.practitioner_id IS NULL THEN 1 WHEN compared.same THEN old.version ELSE old.version + 1 END,
    CASE WHEN compared.same THEN old.updated_at ELSE transaction_timestamp() END
FROM directory_next.read_practitioner AS read
LEFT JOIN (
    SELECT practitioner_id, array_agg(DISTINCT profession || ':' || coalesce(category, '')) AS professions,
        array_agg(DISTINCT skill_type || ':' || skill) FILTER (WHERE skill IS NOT NULL) AS skills
    FROM directory_next.read_more GROUP BY practitioner_id
) AS more USING (practitioner_id)
LEFT JOIN directory.practitioner AS old USING (practitioner_id)
CROSS JOIN LATERAL (SELECT read.profession || ':' || coalesce(read.category, '') AS profession, read.skill_type || ':' || read.skill AS skill) AS own
CROSS JOIN LATERAL (
    SELECT CASE WHEN more.practitioner_id IS NULL THEN ARRAY[own.profession]
            ELSE ARRAY(SELECT DISTINCT p FROM unnest(more.professions || own.profession) AS p ORDER BY p) END AS professions,
        CASE WHEN more.skills IS NULL THEN array_remove(ARRAY[own.skill], NULL)
            ELSE ARRAY(SELECT DISTINCT s FROM unnest(more.skills || own.skill) AS s WHERE s IS NOT NULL ORDER BY s) END AS skills
) AS of_all
CROSS JOIN LATERAL (
    SELECT old.active AND (old.family, old.given, old.civility, old.exercise_civility, old.professions, old.skills)
        IS NOT DISTINCT FROM (read.family, read.given, read.civility, read.exercise_civility, of_all.professions, of_all.skills) AS same
) AS compared;

-- Those who left the file stay known, inactive: whoever once appears in someone's trace still resolves.
INSERT INTO directory_next.practitioner
SELECT old.practitioner_id, old.identifier, old.civility, old.exercise_civility, old.family, old.given, old.family_fold, old.given_fold,
    old.professions, old.skills, old.tokens, old.active AND NOT left_now.yes, old.version + CASE WHEN left_now.yes THEN 1 ELSE 0 END,
    CASE WHEN left_now.yes THEN transaction_timestamp() ELSE old.updated_at END
FROM directory.practitioner AS old
CROSS JOIN LATERAL (SELECT old.active AND old.practitioner_id NOT IN (SELECT practitioner_id FROM directory_next.read_refused) AS yes) AS left_now
WHERE NOT EXISTS (SELECT FROM directory_next.read_practitioner AS read WHERE read.practitioner_id = old.practitioner_id);

-- All who are not in the file any more, for what is said to the platform when this edition is published.
CREATE UNLOGGED TABLE directory_next.read_inactive AS SELECT practitioner_id, identifier FROM directory_next.practitioner WHERE NOT active;

-- Structures: FINESS is the authority for its own; the others come from here and stay known when no row names them any more.
INSERT INTO directory_next.structure
SELECT old.* FROM directory.structure AS old
WHERE old.source = 'finess' OR NOT EXISTS (SELECT FROM directory_next.read_structure AS read WHERE read.structure_id = old.structure_id);

-- Only the professionals' file says in which sector a FINESS site works.
UPDATE directory_next.structure AS next SET sector = read.sector
FROM directory_next.read_structure AS read
WHERE next.structure_id = read.structure_id AND next.source = 'finess' AND read.sector IS NOT NULL AND next.sector IS DISTINCT FROM read.sector;

INSERT INTO directory_next.structure
SELECT read.structure_id, 'rpps', read.finess, read.finess_entity, read.siret, read.siren, read.name, read.alias, read.name_fold, read.alias_fold,
    read.addressee, read.point, read.street_number, read.street_type, read.street, read.distribution, read.city, read.city_fold, read.postcode,
    read.commune, read.department, read.country, read.phone, read.phone2, read.fax, read.email, read.sector,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true,
    CASE WHEN old.structure_id IS NULL THEN 1 WHEN compared.same THEN old.version ELSE old.version + 1 END,
    CASE WHEN compared.same THEN old.updated_at ELSE transaction_timestamp() END
FROM directory_next.read_structure AS read
LEFT JOIN directory.structure AS old USING (structure_id)
CROSS JOIN LATERAL (
    SELECT old.active AND (old.name, old.alias, old.street_number, old.street_type, old.street, old.city, old.postcode, old.commune, old.phone, old.email, old.sector)
        IS NOT DISTINCT FROM (read.name, read.alias, read.street_number, read.street_type, read.street, read.city, read.postcode, read.commune, read.phone, read.email, read.sector) AS same
) AS compared
WHERE old.source IS DISTINCT FROM 'finess';
