-- What a pipeline notice has to name of a procurement (SI 2024/692, reg 15), where a register says it.
ALTER TABLE "contract" ADD COLUMN "cpv" TEXT;
ALTER TABLE "contract" ADD COLUMN "itl" TEXT;
