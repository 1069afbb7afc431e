-- What a large import wrote is counted for the planner at once, by the role that runs. The server
-- does so by itself up to a minute later; a summary asked for meanwhile had run for ten minutes.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 170000
       AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT MAINTAIN ON "contract", "deadline", "extension", "decision", "contract_import",
                 "contract_buyer", "contract_product", "buyer", "product", "alert", "delivery",
                 "delivery_alert", "import_problem" TO lapsewatch_run';
    END IF;
END $$;
