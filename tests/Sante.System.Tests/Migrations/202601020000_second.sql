-- A body between dollars keeps its semicolons.
CREATE FUNCTION public.second() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.first VALUES (2);
    RETURN 2;
END $$;
SELECT public.second();
