-- A register that refreshes itself from a folder: where from and when, and how that went last.
ALTER TABLE "source" ADD COLUMN "refresh" JSONB;
ALTER TABLE "source" ADD COLUMN "refreshed" JSONB;
