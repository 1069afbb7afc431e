-- Private addresses at which calendars fetch deadlines. The token itself is kept nowhere.
CREATE TABLE "calendar_feed" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "person_id" INTEGER,
    "team_id" INTEGER,
    "token_hash" TEXT NOT NULL,
    "content_hash" TEXT,
    "changed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calendar_feed_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "calendar_feed_token_hash_key" ON "calendar_feed"("token_hash");

-- CreateIndex
CREATE INDEX "calendar_feed_organisation_id_person_id_team_id_idx" ON "calendar_feed"("organisation_id", "person_id", "team_id");

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON "calendar_feed" TO lapsewatch_run';
        EXECUTE 'GRANT USAGE, SELECT, UPDATE ON SEQUENCE "calendar_feed_id_seq" TO lapsewatch_run';
    END IF;
END $$;
