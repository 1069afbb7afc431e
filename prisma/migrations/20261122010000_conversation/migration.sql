-- AlterTable
ALTER TABLE "team" ADD COLUMN     "user_group" TEXT;

-- CreateTable
CREATE TABLE "inbox" (
    "organisation_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("organisation_id","key")
);

-- CreateTable
CREATE TABLE "subscription" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "filters" TEXT NOT NULL,
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "subscription_organisation_id_channel_filters_key" ON "subscription"("organisation_id", "channel", "filters");
