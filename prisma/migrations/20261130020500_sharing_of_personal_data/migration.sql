-- Whether the personal data of a contract goes to third parties, to whom, and under which assessment.
ALTER TABLE "contract" ADD COLUMN "dpia" TEXT,
ADD COLUMN "shared_with" TEXT,
ADD COLUMN "shares_data" BOOLEAN;
