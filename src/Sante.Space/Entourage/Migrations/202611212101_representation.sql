-- Which spaces a citizen may be a representative in: a keyed token of the person and the space ids. The truth is each space's own
-- entourage stream, asked before anything is answered.
CREATE SCHEMA IF NOT EXISTS space;
GRANT USAGE ON SCHEMA space TO ${api}, ${readonly};

CREATE TABLE space.representation (
    person_token bytea NOT NULL CHECK (octet_length(person_token) BETWEEN 16 AND 64),
    space_id     uuid  NOT NULL,
    PRIMARY KEY (person_token, space_id)
);
GRANT SELECT, INSERT ON space.representation TO ${api};
