-- Of a start-by on an assumed route: the day by which the slowest assumed one would have to start.
ALTER TABLE "deadline" ADD COLUMN "from_on" DATE;
