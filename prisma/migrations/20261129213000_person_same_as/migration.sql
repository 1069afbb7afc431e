-- A name in a register that somebody said belongs to a person with an account.
ALTER TABLE "person" ADD COLUMN "same_as_id" INTEGER;
