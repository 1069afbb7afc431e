-- Agreements that cover many organisations, and the separate contracts that one replaces.
ALTER TABLE "contract" ADD COLUMN "replaced_by_id" INTEGER;

-- CreateTable
CREATE TABLE "umbrella_member" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "buyer_id" INTEGER NOT NULL,
    "team_id" INTEGER,
    "from_on" DATE,
    "to_on" DATE,
    "unread" TEXT,
    "changed_on" DATE NOT NULL,
    "told_end" DATE,

    CONSTRAINT "umbrella_member_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "umbrella_member_days_check" CHECK ("from_on" <= "to_on")
);

-- CreateIndex
CREATE UNIQUE INDEX "umbrella_member_contract_id_buyer_id_key" ON "umbrella_member"("contract_id", "buyer_id");

-- CreateIndex
CREATE INDEX "umbrella_member_organisation_id_team_id_idx" ON "umbrella_member"("organisation_id", "team_id");

-- CreateIndex
CREATE INDEX "umbrella_member_buyer_id_idx" ON "umbrella_member"("buyer_id");

-- CreateIndex
CREATE INDEX "umbrella_member_team_id_idx" ON "umbrella_member"("team_id");

-- Nearly no contract is replaced.
CREATE INDEX "contract_replaced_by_id_idx" ON "contract"("replaced_by_id") WHERE "replaced_by_id" IS NOT NULL;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_replaced_by_id_fkey" FOREIGN KEY ("replaced_by_id") REFERENCES "contract"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "umbrella_member" ADD CONSTRAINT "umbrella_member_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "umbrella_member" ADD CONSTRAINT "umbrella_member_buyer_id_fkey" FOREIGN KEY ("buyer_id") REFERENCES "buyer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "umbrella_member" ADD CONSTRAINT "umbrella_member_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The role that runs may use the new table, where the one that migrates did not set defaults.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON "umbrella_member" TO lapsewatch_run';
        EXECUTE 'GRANT USAGE, SELECT ON SEQUENCE "umbrella_member_id_seq" TO lapsewatch_run';
    END IF;
END $$;
