-- AlterTable
ALTER TABLE "contract" ADD COLUMN     "disputed_end" DATE;
