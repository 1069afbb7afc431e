-- What a sentence is looked up by before anything else: whether it is a title, or how one begins, and the
-- categories. And which contract names another as what comes after it.
CREATE INDEX "contract_title_idx" ON "contract"("organisation_id", lower("title") text_pattern_ops);
CREATE INDEX "contract_organisation_id_category_idx" ON "contract"("organisation_id", "category")
    WHERE "category" IS NOT NULL;
CREATE INDEX "contract_organisation_id_successor_idx" ON "contract"("organisation_id", "successor")
    WHERE "successor" IS NOT NULL;
