-- From when the terms of a contract that rolls on are counted, and the last day to exercise an option,
-- where a register or an answer gives them.
ALTER TABLE "contract" ADD COLUMN "rolls_from" DATE,
ADD COLUMN "option_by" DATE;
