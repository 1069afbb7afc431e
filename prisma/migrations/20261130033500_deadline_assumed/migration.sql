-- Of a start-by: no route is recorded. What stands was told by its words, once.
ALTER TABLE "deadline" ADD COLUMN "assumed" BOOLEAN NOT NULL DEFAULT false;

UPDATE "deadline" SET "assumed" = true
WHERE "kind" = 'start-by' AND ("from_on" IS NOT NULL OR "reason" LIKE '%(assumed, as %');
