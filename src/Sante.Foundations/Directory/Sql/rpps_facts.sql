-- Whoever left the national directory has no right to exercise that we could see: every host hears it with the edition, and hears the return as well.
-- What an operator says of a person is another source and stays. A database with directories alone has no spaces to shut.
DO $$
BEGIN
    IF to_regprocedure('ledger.keep_world_facts(text, text[])') IS NOT NULL THEN
        PERFORM ledger.keep_world_facts('rpps', ARRAY(
            SELECT CASE WHEN practitioner_id LIKE '8%' THEN 'struck-off:https://rpps.esante.gouv.fr|' || identifier
                ELSE 'struck-off:urn:oid:1.2.250.1.71.4.2.1|' || practitioner_id END
            FROM directory_next.read_inactive));
    END IF;
END $$;
