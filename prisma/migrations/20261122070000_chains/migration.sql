-- CreateTable
CREATE TABLE "chain_answer" (
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "previous_id" INTEGER NOT NULL,
    "rollover" BOOLEAN NOT NULL,
    "answered_on" DATE NOT NULL,
    "answered_by_id" INTEGER,

    CONSTRAINT "chain_answer_pkey" PRIMARY KEY ("contract_id","previous_id")
);

-- CreateIndex
CREATE INDEX "chain_answer_organisation_id_idx" ON "chain_answer"("organisation_id");

-- CreateIndex
CREATE INDEX "chain_answer_previous_id_idx" ON "chain_answer"("previous_id");

-- AddForeignKey
ALTER TABLE "chain_answer" ADD CONSTRAINT "chain_answer_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain_answer" ADD CONSTRAINT "chain_answer_previous_id_fkey" FOREIGN KEY ("previous_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;
