-- Why a record of a waiver was taken back, beside the day: the register shows both.
ALTER TABLE "waiver" ADD COLUMN "withdrawn_why" TEXT;
