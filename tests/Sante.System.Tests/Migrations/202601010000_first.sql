-- Sample of the migration tests: runs before the next one, which needs its table.
CREATE TABLE public.first (n int PRIMARY KEY);
GRANT SELECT ON public.first TO ${api};
