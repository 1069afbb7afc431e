-- What the auditor found last, and from which backup a database was restored.
ALTER TABLE "organisation" ADD COLUMN     "backed_up_at" TIMESTAMPTZ(3),
ADD COLUMN     "restored_at" TIMESTAMPTZ(3);

CREATE TABLE "checkup" (
    "organisation_id" INTEGER NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "thorough_at" TIMESTAMPTZ(3),
    "findings" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "checkup_pkey" PRIMARY KEY ("organisation_id")
);
