-- Kind 7: all five strict traits together. Two births declared at the same moment are one birth: the index decides, not a check made before.
DROP INDEX ins.token_of_one;
CREATE UNIQUE INDEX token_of_one ON ins.token (kind, token) WHERE kind IN (1, 3, 4, 6, 7);
