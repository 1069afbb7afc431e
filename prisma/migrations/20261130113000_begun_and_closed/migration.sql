-- What began or was closed about now: each day's look for notices asks for it, whatever else is held.
CREATE INDEX "contract_organisation_id_start_idx" ON "contract"("organisation_id", "start");
CREATE INDEX "contract_organisation_id_closed_on_idx" ON "contract"("organisation_id", "closed_on")
    WHERE "closed_on" IS NOT NULL;
