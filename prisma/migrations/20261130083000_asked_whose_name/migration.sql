-- Whose account a name in a register is: who was asked, when, and what came of it.
ALTER TABLE "person" ADD COLUMN "asked_user" TEXT,
ADD COLUMN "asked_on" DATE,
ADD COLUMN "claimed_on" DATE,
ADD COLUMN "denied_on" DATE;

CREATE INDEX "person_organisation_id_asked_user_idx" ON "person"("organisation_id", "asked_user");
