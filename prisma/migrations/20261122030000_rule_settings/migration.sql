-- AlterTable
ALTER TABLE "contract" ADD COLUMN     "settings" JSONB;
