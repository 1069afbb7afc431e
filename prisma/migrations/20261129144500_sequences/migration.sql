-- The role that runs takes the next number of a sequence and sets none: one that was set back would
-- give new rows, and entries of the audit, numbers that were given before. A restore runs as the owner.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'REVOKE UPDATE ON ALL SEQUENCES IN SCHEMA public FROM lapsewatch_run';
        EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE UPDATE ON SEQUENCES FROM lapsewatch_run';
    END IF;
END $$;
