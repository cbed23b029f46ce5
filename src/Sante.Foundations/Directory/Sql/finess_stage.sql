-- Where the rows of one FINESS file are copied before anything is decided. Unlogged: a crash loses a load, never a directory.
DROP TABLE IF EXISTS directory_next.read_finess, directory_next.read_place, directory_next.read_refused;
CREATE UNLOGGED TABLE directory_next.read_finess (
    structure_id text COLLATE "C", finess text COLLATE "C", finess_entity text COLLATE "C", siret text COLLATE "C",
    name text, alias text, name_fold text COLLATE "C", alias_fold text COLLATE "C",
    addressee text, point text, street_number text, street_type text, street text, distribution text,
    city text, city_fold text COLLATE "C", postcode text COLLATE "C", commune text, department text, phone text, fax text,
    category text, category_group text, legal_status text, ape text, pricing text, opened_on date);
CREATE UNLOGGED TABLE directory_next.read_place (
    structure_id text COLLATE "C", latitude double precision, longitude double precision);
CREATE UNLOGGED TABLE directory_next.read_refused (structure_id text COLLATE "C");
