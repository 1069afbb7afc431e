-- What was begun to be uploaded for a delivery, so that another try goes on with it: for each part
-- of the message (file, chart) the file's id in Slack and a digest of what it holds.
ALTER TABLE "delivery" ADD COLUMN "uploads" JSONB NOT NULL DEFAULT '{}';
