ANALYZE directory_next.read_finess, directory_next.read_place, directory_next.read_refused;

-- Structures of the other file, unless FINESS now names them.
INSERT INTO directory_next.structure
SELECT old.* FROM directory.structure AS old
WHERE old.source <> 'finess' AND NOT EXISTS (SELECT FROM directory_next.read_finess AS read WHERE read.structure_id = old.structure_id);

INSERT INTO directory_next.structure
SELECT read.structure_id, 'finess', read.finess, read.finess_entity, read.siret, left(read.siret, 9), read.name, read.alias, read.name_fold, read.alias_fold,
    read.addressee, read.point, read.street_number, read.street_type, read.street, read.distribution, read.city, read.city_fold, read.postcode,
    read.commune, read.department, NULL, read.phone, NULL, read.fax, old.email, old.sector,
    read.category, read.category_group, read.legal_status, read.ape, read.pricing, read.opened_on, place.latitude, place.longitude, true,
    CASE WHEN old.structure_id IS NULL THEN 1 WHEN compared.same THEN old.version ELSE old.version + 1 END,
    CASE WHEN compared.same THEN old.updated_at ELSE transaction_timestamp() END
FROM directory_next.read_finess AS read
LEFT JOIN (SELECT DISTINCT ON (structure_id) * FROM directory_next.read_place ORDER BY structure_id) AS place USING (structure_id)
LEFT JOIN directory.structure AS old USING (structure_id)
CROSS JOIN LATERAL (
    SELECT old.active AND old.source = 'finess'
        AND (old.name, old.alias, old.street_number, old.street_type, old.street, old.city, old.postcode, old.commune, old.phone, old.siret, old.category, old.finess_entity, old.latitude, old.longitude)
        IS NOT DISTINCT FROM (read.name, read.alias, read.street_number, read.street_type, read.street, read.city, read.postcode, read.commune, read.phone, read.siret, read.category, read.finess_entity, place.latitude, place.longitude) AS same
) AS compared;

-- Structures that left the file stay known, inactive; a refused row leaves its structure as it was.
INSERT INTO directory_next.structure
SELECT old.structure_id, old.source, old.finess, old.finess_entity, old.siret, old.siren, old.name, old.alias, old.name_fold, old.alias_fold,
    old.addressee, old.point, old.street_number, old.street_type, old.street, old.distribution, old.city, old.city_fold, old.postcode, old.commune,
    old.department, old.country, old.phone, old.phone2, old.fax, old.email, old.sector, old.category, old.category_group, old.legal_status, old.ape,
    old.pricing, old.opened_on, old.latitude, old.longitude, old.active AND NOT left_now.yes, old.version + CASE WHEN left_now.yes THEN 1 ELSE 0 END,
    CASE WHEN left_now.yes THEN transaction_timestamp() ELSE old.updated_at END
FROM directory.structure AS old
CROSS JOIN LATERAL (SELECT old.active AND old.structure_id NOT IN (SELECT structure_id FROM directory_next.read_refused) AS yes) AS left_now
WHERE old.source = 'finess' AND NOT EXISTS (SELECT FROM directory_next.read_finess AS read WHERE read.structure_id = old.structure_id);
