-- How often Slack failed it, for the back-off: a killed process is not its fault.
ALTER TABLE "delivery" ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0;
-- When the request of its latest attempt set out; infinity while it has not. Null where an older
-- version claimed it: then nobody knows.
ALTER TABLE "delivery" ADD COLUMN "began_at" TIMESTAMPTZ(3);
-- When history is read once more for a message that was sent twice, the first having come late.
ALTER TABLE "delivery" ADD COLUMN "look_again_at" TIMESTAMPTZ(3);
-- When people were told that it is dead.
ALTER TABLE "delivery" ADD COLUMN "told_at" TIMESTAMPTZ(3);
CREATE INDEX "delivery_look_again_at_idx" ON "delivery"("look_again_at") WHERE "look_again_at" IS NOT NULL;
-- What died before this version stands in `doctor`, and is not told of now.
UPDATE "delivery" SET "told_at" = now() WHERE "state" = 'DEAD';

-- The channel's id, as Slack returned it for the last post: it outlives another name.
ALTER TABLE "channel" ADD COLUMN "slack_channel" TEXT;
UPDATE "channel" c SET "slack_channel" = (
    SELECT d."slack_channel" FROM "delivery" d
     WHERE d."organisation_id" = c."organisation_id" AND d."destination" = c."destination"
       AND d."state" = 'SENT' AND d."slack_channel" IS NOT NULL ORDER BY d."id" DESC LIMIT 1);

-- Slack may have asked for a pause of any length; an hour at a time is what is followed.
UPDATE "channel" SET "paused_until" = least("paused_until", now() + interval '1 hour');
UPDATE "delivery" SET "due_at" = least("due_at", now() + interval '1 hour')
 WHERE "state" IN ('RETRY', 'UNCERTAIN');
