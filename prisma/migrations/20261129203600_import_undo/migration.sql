-- An import can be taken back: what it was about to change is kept as it was.
ALTER TABLE "import" ADD COLUMN "entry_id" INTEGER;
ALTER TABLE "import" ADD COLUMN "undone_entry_id" INTEGER;

CREATE TABLE "import_before" (
    "import_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "row_id" INTEGER NOT NULL,
    "before" JSONB NOT NULL,

    CONSTRAINT "import_before_pkey" PRIMARY KEY ("import_id", "kind", "row_id")
);

ALTER TABLE "import_before" ADD CONSTRAINT "import_before_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;
