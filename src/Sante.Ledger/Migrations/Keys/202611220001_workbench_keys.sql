-- Roots of a workbench's spaces say whose they are: they are destroyed with it, and their index is in clear from birth on (never chosen later).
ALTER TABLE keys.root ADD COLUMN workbench uuid;
CREATE INDEX root_workbench ON keys.root (workbench) WHERE workbench IS NOT NULL AND wrapped IS NOT NULL;
