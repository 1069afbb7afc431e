-- What a register leaves open, asked of people and remembered for its next import; and the words of
-- values, notices and options that are no plain figure.
ALTER TABLE "contract" ADD COLUMN "notice_text" TEXT,
ADD COLUMN "option_ends" TEXT,
ADD COLUMN "value_text" TEXT;

-- AlterTable
ALTER TABLE "source" ADD COLUMN "reading" JSONB;

-- CreateTable
CREATE TABLE "question" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "source_id" INTEGER NOT NULL,
    "import_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "field" TEXT,
    "text" TEXT NOT NULL,
    "choices" JSONB NOT NULL,
    "holds" TEXT NOT NULL,
    "contracts" INTEGER NOT NULL,
    "asked_of_id" INTEGER,
    "asked_on" DATE,
    "answered_on" DATE,
    "answered_by_id" INTEGER,
    "answer" TEXT,

    CONSTRAINT "question_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "question_contract" (
    "question_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "at" TEXT NOT NULL,
    "value" TEXT,
    "draft" JSONB NOT NULL,
    "says" JSONB NOT NULL,

    CONSTRAINT "question_contract_pkey" PRIMARY KEY ("question_id","contract_id")
);

-- CreateIndex
CREATE INDEX "question_organisation_id_answered_on_idx" ON "question"("organisation_id", "answered_on");

-- CreateIndex
CREATE UNIQUE INDEX "question_source_id_key_key" ON "question"("source_id", "key");

-- CreateIndex
CREATE INDEX "question_contract_contract_id_idx" ON "question_contract"("contract_id");

-- AddForeignKey
ALTER TABLE "question" ADD CONSTRAINT "question_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "question_contract" ADD CONSTRAINT "question_contract_question_id_fkey" FOREIGN KEY ("question_id") REFERENCES "question"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "question_contract" ADD CONSTRAINT "question_contract_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The role that runs may use the new tables, where the one that migrates did not set defaults.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON "question", "question_contract" TO lapsewatch_run';
        EXECUTE 'GRANT USAGE, SELECT ON SEQUENCE "question_id_seq" TO lapsewatch_run';
    END IF;
END $$;
