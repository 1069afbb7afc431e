-- The last day on which a framework takes call-offs, as a register gives it: of the framework itself,
-- or beside a contract that was called off from it.
ALTER TABLE "contract" ADD COLUMN "call_off_by" DATE;

-- Who relies on a framework is looked up wherever the framework changes.
CREATE INDEX "contract_parent_id_idx" ON "contract"("parent_id") WHERE "parent_id" IS NOT NULL;
