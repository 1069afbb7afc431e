-- Until when a contract renews where no notice is given: the first line of a warning names it.
ALTER TABLE "deadline" ADD COLUMN "renews_to" DATE;
