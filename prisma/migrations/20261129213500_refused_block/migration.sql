-- Types of blocks that a workspace refused: it is sent text instead until some weeks have passed.
CREATE TABLE "refused_block" (
    "organisation_id" INTEGER NOT NULL,
    "workspace" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "refused_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

    CONSTRAINT "refused_block_pkey" PRIMARY KEY ("organisation_id", "workspace", "type")
);
