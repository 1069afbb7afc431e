-- The last day of a deadline that is counted from an end known to the month, quarter or year.
ALTER TABLE "deadline" ADD COLUMN "latest_on" DATE;
