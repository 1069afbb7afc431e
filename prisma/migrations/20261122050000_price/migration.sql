-- AlterTable
ALTER TABLE "contract" ADD COLUMN     "charge_unit" TEXT,
ADD COLUMN     "invoiced_last_year" DECIMAL,
ADD COLUMN     "minimum_extension_amount" INTEGER,
ADD COLUMN     "minimum_extension_unit" TEXT,
ADD COLUMN     "one_off_charges" DECIMAL,
ADD COLUMN     "periodic_charge" DECIMAL;

-- AlterTable
ALTER TABLE "extension" ADD COLUMN     "invoiced" DECIMAL;

-- What a price is made from is complete, or it is not there.
ALTER TABLE "contract" ADD CONSTRAINT "contract_charge_check" CHECK (
    ("periodic_charge" IS NULL AND "charge_unit" IS NULL)
    OR ("periodic_charge" IS NOT NULL AND "charge_unit" IN ('day', 'week', 'month', 'quarter', 'year')));
ALTER TABLE "contract" ADD CONSTRAINT "contract_minimum_extension_check" CHECK (
    ("minimum_extension_amount" IS NULL AND "minimum_extension_unit" IS NULL)
    OR ("minimum_extension_amount" > 0 AND "minimum_extension_unit" IS NOT NULL));
-- The ledger of a year is read by its days.
CREATE INDEX "extension_organisation_id_kind_from_on_idx" ON "extension"("organisation_id", "kind", "from_on");
