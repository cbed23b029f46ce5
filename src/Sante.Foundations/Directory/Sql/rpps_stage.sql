-- Where the rows of one file are copied before anything is decided. Unlogged: a crash loses a load, never a directory.
DROP TABLE IF EXISTS directory_next.read_practitioner, directory_next.read_activity, directory_next.read_more, directory_next.read_structure, directory_next.read_refused,
    directory_next.read_inactive;
-- One row per person: names, profession and skill of the first row that names him.
CREATE UNLOGGED TABLE directory_next.read_practitioner (
    practitioner_id text COLLATE "C", identifier text COLLATE "C", civility text, exercise_civility text,
    family text, given text, family_fold text COLLATE "C", given_fold text COLLATE "C",
    profession text, category text, skill_type text, skill text);
-- One row per activity, with the skill of its first row.
CREATE UNLOGGED TABLE directory_next.read_activity (
    activity_id uuid, practitioner_id text COLLATE "C", structure_id text COLLATE "C",
    profession text, category text, mode text, sector text, pharmacist_section text, function text, genre text,
    skill_type text, skill text);
-- What the further rows of a person or of an activity add.
CREATE UNLOGGED TABLE directory_next.read_more (
    practitioner_id text COLLATE "C", activity_id uuid, profession text, category text, skill_type text, skill text);
CREATE UNLOGGED TABLE directory_next.read_structure (
    structure_id text COLLATE "C", finess text COLLATE "C", finess_entity text COLLATE "C", siret text COLLATE "C", siren text COLLATE "C",
    name text, alias text, name_fold text COLLATE "C", alias_fold text COLLATE "C",
    addressee text, point text, street_number text, street_type text, street text, distribution text,
    city text, city_fold text COLLATE "C", postcode text COLLATE "C", commune text, department text, country text,
    phone text, phone2 text, fax text, email text, sector text);
CREATE UNLOGGED TABLE directory_next.read_refused (practitioner_id text COLLATE "C");
