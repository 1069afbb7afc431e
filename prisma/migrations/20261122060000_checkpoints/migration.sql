-- CreateTable
CREATE TABLE "checkpoint" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "decision_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "planned_on" DATE NOT NULL,
    "due_on" DATE NOT NULL,
    "done_on" DATE,
    "asked_on" DATE,
    "slips" INTEGER NOT NULL DEFAULT 0,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "checkpoint_contract_id_idx" ON "checkpoint"("contract_id");

-- CreateIndex
CREATE INDEX "checkpoint_organisation_id_asked_on_due_on_idx" ON "checkpoint"("organisation_id", "asked_on", "due_on");

-- CreateIndex
CREATE UNIQUE INDEX "checkpoint_decision_id_name_key" ON "checkpoint"("decision_id", "name");

-- AddForeignKey
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "decision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What may stand in the column of names.
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_name_check" CHECK (
    "name" IN ('publication', 'award', 'standstill-ends', 'approval', 'signature', 'mobilisation'));

-- The role that runs may use the new table, where the one that migrates did not set defaults.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON "checkpoint" TO lapsewatch_run';
        EXECUTE 'GRANT USAGE, SELECT, UPDATE ON SEQUENCE "checkpoint_id_seq" TO lapsewatch_run';
    END IF;
END $$;
