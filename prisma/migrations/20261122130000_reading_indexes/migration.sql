-- Whose contracts these are: asked by nearly everything that a person types. Few have a deputy.
CREATE INDEX "contract_owner_id_idx" ON "contract"("owner_id") WHERE "owner_id" IS NOT NULL;
CREATE INDEX "contract_deputy_id_idx" ON "contract"("deputy_id") WHERE "deputy_id" IS NOT NULL;
CREATE INDEX "contract_category_lead_id_idx" ON "contract"("category_lead_id") WHERE "category_lead_id" IS NOT NULL;

-- The register in the order in which it is shown, so that a page is read and not all of it sorted.
CREATE INDEX "contract_by_end_idx" ON "contract"("organisation_id", "current_earliest", "reference_key", "id")
    WHERE NOT "historic" AND "closed_on" IS NULL;

-- What few contracts are.
CREATE INDEX "contract_organisation_id_out_of_contract_on_idx" ON "contract"("organisation_id", "out_of_contract_on")
    WHERE "out_of_contract_on" IS NOT NULL;
CREATE INDEX "contract_organisation_id_end_kind_idx" ON "contract"("organisation_id", "end_kind")
    WHERE "end_kind" <> 'dated';
