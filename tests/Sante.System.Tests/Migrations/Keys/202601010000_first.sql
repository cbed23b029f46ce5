CREATE TABLE public.only_in_keys (n int);
