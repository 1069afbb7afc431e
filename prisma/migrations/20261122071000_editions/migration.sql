-- AlterTable
ALTER TABLE "contract" ADD COLUMN     "edition" TEXT,
ADD COLUMN     "unit_price_per" TEXT;

ALTER TABLE "contract" ADD CONSTRAINT "contract_unit_price_per_check" CHECK (
    "unit_price_per" IN ('day', 'week', 'month', 'quarter', 'year'));
