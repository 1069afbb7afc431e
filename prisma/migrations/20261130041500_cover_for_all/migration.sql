-- Whether a contract's cover holds for every team; and what linked a cover or a use: words, or columns.
ALTER TABLE "cover" ADD COLUMN "for_all" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "wording" TEXT;

ALTER TABLE "in_use" ADD COLUMN "given" BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX "cover_organisation_id_wording_idx" ON "cover"("organisation_id", "wording");
