-- A waiver of our own rules, with or without an extension: beside the legal ground, never instead of it.
CREATE TABLE "waiver" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "extension_id" INTEGER,
    "category" TEXT NOT NULL,
    "reason" TEXT,
    "requested_on" DATE,
    "approved_on" DATE,
    "began_on" DATE NOT NULL,
    "approver" TEXT,
    "net" DECIMAL,
    "gross" DECIMAL,
    "supplier_year" DECIMAL,
    "committee_on" DATE,
    "recorded_on" DATE NOT NULL,
    "recorded_by_id" INTEGER,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "waiver_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "waiver_organisation_id_began_on_idx" ON "waiver"("organisation_id", "began_on");

CREATE INDEX "waiver_contract_id_idx" ON "waiver"("contract_id");

ALTER TABLE "waiver" ADD CONSTRAINT "waiver_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "waiver" ADD CONSTRAINT "waiver_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extension"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "waiver" ADD CONSTRAINT "waiver_category_check" CHECK ("category" IN ('sole-supplier', 'continuity', 'urgent', 'other'));
