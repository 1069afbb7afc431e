-- AlterTable
ALTER TABLE "subscription" ADD COLUMN     "channel_name" TEXT,
ADD COLUMN     "wanted" JSONB NOT NULL DEFAULT '{}';
