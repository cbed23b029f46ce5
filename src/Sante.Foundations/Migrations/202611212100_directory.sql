-- The national directories: public data, in clear. Written by the migrator role only (loaders); everyone else reads.
-- A load fills tables of the same shape in schema directory_next, then puts them in the place of these in one short transaction,
-- copying the index definitions and the grants found here: change them by a migration, the loaders follow.
CREATE SCHEMA directory;
CREATE SCHEMA directory_next;

-- One line per published load.
CREATE TABLE directory.edition (
    edition_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL CHECK (source IN ('rpps', 'finess')),
    file_name text NOT NULL,
    rows_read bigint NOT NULL,
    rows_wrong bigint NOT NULL,
    warnings bigint NOT NULL,
    published_at timestamptz NOT NULL
);

-- Codes and labels: a new profession, specialty or sector is a line here (from our data file, or learnt from the national file itself).
CREATE TABLE directory.term (
    term_table text NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    PRIMARY KEY (term_table, code)
);

CREATE TABLE directory.practitioner (
    practitioner_id text COLLATE "C" NOT NULL,    -- PS_IdNat: 8 + RPPS, 0 + ADELI; also the FHIR id
    identifier text COLLATE "C" NOT NULL,         -- RPPS (11 digits) or ADELI (9)
    civility text,
    exercise_civility text,
    family text NOT NULL,
    given text,
    family_fold text COLLATE "C" NOT NULL,
    given_fold text COLLATE "C" NOT NULL,
    professions text[] NOT NULL,                  -- profession:category, for example 10:C
    skills text[] NOT NULL,                       -- type:code, for example S:SM26
    tokens text[] NOT NULL,                       -- P-10, R09-C, S-SM26: what qualification-code looks for
    active boolean NOT NULL,                      -- false: no longer in the national file (struck off, retired, dead)
    version integer NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX practitioner_id ON directory.practitioner (practitioner_id);
CREATE INDEX practitioner_identifier ON directory.practitioner (identifier);
CREATE INDEX practitioner_family ON directory.practitioner (family_fold, given_fold);
CREATE INDEX practitioner_given ON directory.practitioner (given_fold);
CREATE INDEX practitioner_tokens ON directory.practitioner USING gin (tokens);
CREATE INDEX practitioner_updated ON directory.practitioner (updated_at);

CREATE TABLE directory.activity (
    activity_id uuid NOT NULL,                    -- hash of who, where and how: stable from file to file; also the FHIR id
    practitioner_id text COLLATE "C" NOT NULL,
    structure_id text COLLATE "C",
    profession text NOT NULL,
    category text,
    mode text,
    sector text,
    pharmacist_section text,
    function text,
    genre text,
    skills text[] NOT NULL,
    tokens text[] NOT NULL,                       -- P-10, R23-L, R22-GENR01, R21-FON-AU, R06-A, R02-SA07, S-SM26
    version integer NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX activity_id ON directory.activity (activity_id);
CREATE INDEX activity_practitioner ON directory.activity (practitioner_id);
CREATE INDEX activity_structure ON directory.activity (structure_id, activity_id);
CREATE INDEX activity_tokens ON directory.activity USING gin (tokens);
CREATE INDEX activity_updated ON directory.activity (updated_at);

CREATE TABLE directory.structure (
    structure_id text COLLATE "C" NOT NULL,       -- technical identifier: F + FINESS, C + SIRET, R + RPPS-rang; also the FHIR id
    source text NOT NULL,                         -- finess wins over rpps for the same structure
    finess text COLLATE "C",
    finess_entity text COLLATE "C",
    siret text COLLATE "C",
    siren text COLLATE "C",
    name text,
    alias text,
    name_fold text COLLATE "C" NOT NULL,
    alias_fold text COLLATE "C" NOT NULL,
    addressee text,
    point text,
    street_number text,
    street_type text,
    street text,
    distribution text,
    city text,
    city_fold text COLLATE "C" NOT NULL,
    postcode text COLLATE "C",
    commune text,
    department text,
    country text,
    phone text,
    phone2 text,
    fax text,
    email text,
    sector text,
    category text,
    category_group text,
    legal_status text,
    ape text,
    pricing text,
    opened_on date,
    latitude double precision,                    -- WGS84, degrees
    longitude double precision,
    active boolean NOT NULL,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX structure_id ON directory.structure (structure_id);
CREATE INDEX structure_finess ON directory.structure (finess) WHERE finess IS NOT NULL;
CREATE INDEX structure_entity ON directory.structure (finess_entity, structure_id) WHERE finess_entity IS NOT NULL;
CREATE INDEX structure_siret ON directory.structure (siret) WHERE siret IS NOT NULL;
CREATE INDEX structure_name ON directory.structure (name_fold);
CREATE INDEX structure_alias ON directory.structure (alias_fold) WHERE alias_fold <> '';
CREATE INDEX structure_city ON directory.structure (city_fold, structure_id);
CREATE INDEX structure_postcode ON directory.structure (postcode, structure_id);
CREATE INDEX structure_category ON directory.structure (category, structure_id);
CREATE INDEX structure_sector ON directory.structure (sector, structure_id);
CREATE INDEX structure_place ON directory.structure USING gist (point(longitude, latitude)) WHERE latitude IS NOT NULL;
CREATE INDEX structure_updated ON directory.structure (updated_at);

GRANT USAGE ON SCHEMA directory TO ${api}, ${readonly};
GRANT SELECT ON ALL TABLES IN SCHEMA directory TO ${api}, ${readonly};
