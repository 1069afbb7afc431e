-- Since when a message waits because nobody can say who reads it.
ALTER TABLE "delivery" ADD COLUMN "readers_unknown_since" TIMESTAMPTZ(3);
