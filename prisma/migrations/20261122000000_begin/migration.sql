
-- CreateTable
CREATE TABLE "organisation" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "calendar" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "superseded" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "channel" TEXT,
    "escalation_channel" TEXT,
    "time_zone" TEXT,
    "calendar" TEXT,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "ladders_from" DATE,
    "last_swept_on" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "pseudonym" UUID NOT NULL DEFAULT gen_random_uuid(),
    "display_name" TEXT,
    "name_key" TEXT,
    "email" TEXT,
    "slack_workspace" TEXT,
    "slack_user" TEXT,
    "voice" TEXT NOT NULL DEFAULT 'mention',
    "gone_on" DATE,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "buyer" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,

    CONSTRAINT "buyer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "is_sample" BOOLEAN NOT NULL DEFAULT false,
    "last_imported_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "source_id" INTEGER NOT NULL,
    "file" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "imported_on" DATE NOT NULL,
    "read" INTEGER NOT NULL,
    "created" INTEGER NOT NULL,
    "updated" INTEGER NOT NULL,
    "unchanged" INTEGER NOT NULL,
    "rejected" INTEGER NOT NULL,
    "skipped" INTEGER NOT NULL,
    "by_person_id" INTEGER,
    "finished_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_problem" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "source_id" INTEGER NOT NULL,
    "import_id" INTEGER NOT NULL,
    "at" TEXT NOT NULL,
    "reference" TEXT,
    "field" TEXT,
    "value" TEXT,
    "problem" TEXT NOT NULL,
    "remedy" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "resolved_import_id" INTEGER,

    CONSTRAINT "import_problem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "team_id" INTEGER NOT NULL,
    "source_id" INTEGER NOT NULL,
    "external_id" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "reference_key" TEXT NOT NULL,
    "lot" TEXT,
    "title" TEXT,
    "supplier" TEXT,
    "supplier_key" TEXT,
    "reseller" TEXT,
    "department" TEXT,
    "category" TEXT,
    "owner_id" INTEGER,
    "deputy_id" INTEGER,
    "category_lead_id" INTEGER,
    "finance_partner_id" INTEGER,
    "form" TEXT NOT NULL DEFAULT 'contract',
    "parent_id" INTEGER,
    "predecessor" TEXT,
    "successor" TEXT,
    "successor_start" DATE,
    "start" DATE,
    "end_kind" TEXT NOT NULL,
    "end_precision" TEXT,
    "end_earliest" DATE,
    "end_latest" DATE,
    "end_source" TEXT,
    "maximum_end" DATE,
    "current_earliest" DATE,
    "current_latest" DATE,
    "notice_amount" INTEGER,
    "notice_unit" TEXT,
    "automatic_renewal" BOOLEAN,
    "renewal_amount" INTEGER,
    "renewal_unit" TEXT,
    "review_on" DATE,
    "regime" TEXT,
    "route" TEXT,
    "units" DECIMAL,
    "unit_price" DECIMAL,
    "value" DECIMAL,
    "value_basis" TEXT NOT NULL DEFAULT 'unknown',
    "vat" TEXT NOT NULL DEFAULT 'unknown',
    "vat_recoverable" TEXT NOT NULL DEFAULT 'unknown',
    "currency" TEXT NOT NULL DEFAULT 'GBP',
    "watched" BOOLEAN NOT NULL DEFAULT true,
    "watch_reason" TEXT,
    "personal_data" BOOLEAN,
    "first_seen_on" DATE NOT NULL,
    "historic" BOOLEAN NOT NULL DEFAULT false,
    "closed_on" DATE,
    "closed_why" TEXT,
    "out_of_contract_on" DATE,
    "next_rung_on" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "contract_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract_import" (
    "contract_id" INTEGER NOT NULL,
    "last_import_id" INTEGER NOT NULL,
    "row_hash" TEXT NOT NULL,
    "fields" JSONB NOT NULL,

    CONSTRAINT "contract_import_pkey" PRIMARY KEY ("contract_id")
);

-- CreateTable
CREATE TABLE "contract_buyer" (
    "contract_id" INTEGER NOT NULL,
    "buyer_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "contract_buyer_pkey" PRIMARY KEY ("contract_id","buyer_id")
);

-- CreateTable
CREATE TABLE "contract_product" (
    "contract_id" INTEGER NOT NULL,
    "product_id" INTEGER NOT NULL,

    CONSTRAINT "contract_product_pkey" PRIMARY KEY ("contract_id","product_id")
);

-- CreateTable
CREATE TABLE "extension" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "cost" DECIMAL,
    "currency" TEXT NOT NULL DEFAULT 'GBP',
    "known_on" DATE,
    "rule" TEXT,
    "grounds" TEXT,
    "approver" TEXT,
    "notice_reference" TEXT,
    "source" TEXT,
    "recorded_by_id" INTEGER,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "extension_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "decision" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "deadline" TEXT NOT NULL,
    "deadline_on" DATE NOT NULL,
    "text" TEXT NOT NULL,
    "evidence" TEXT,
    "decided_on" DATE NOT NULL,
    "decided_by_id" INTEGER,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deadline" (
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "due_on" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "settled_on" DATE,
    "settled_why" TEXT,

    CONSTRAINT "deadline_pkey" PRIMARY KEY ("contract_id","kind","due_on")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "contract_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "deadline_on" DATE NOT NULL,
    "rung" INTEGER NOT NULL,
    "occurrence" INTEGER NOT NULL DEFAULT 1,
    "raised_on" DATE NOT NULL,
    "skipped_from" INTEGER,
    "skipped_to" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'open',
    "acted_by_id" INTEGER,
    "acted_on" DATE,
    "paused_until" DATE,
    "closed_on" DATE,
    "asked_again" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "team_id" INTEGER,
    "key" UUID NOT NULL DEFAULT gen_random_uuid(),
    "subject" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "destination" TEXT NOT NULL,
    "as_of" DATE NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "catch_up" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'PENDING',
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "first_tried_at" TIMESTAMPTZ(3),
    "possible_repeat" BOOLEAN NOT NULL DEFAULT false,
    "problem" TEXT,
    "slack_workspace" TEXT,
    "slack_channel" TEXT,
    "slack_ts" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery_alert" (
    "delivery_id" INTEGER NOT NULL,
    "alert_id" INTEGER NOT NULL,

    CONSTRAINT "delivery_alert_pkey" PRIMARY KEY ("delivery_id","alert_id")
);

-- CreateTable
CREATE TABLE "channel" (
    "organisation_id" INTEGER NOT NULL,
    "destination" TEXT NOT NULL,
    "next_post_at" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "paused_why" TEXT,

    CONSTRAINT "channel_pkey" PRIMARY KEY ("organisation_id","destination")
);

-- CreateTable
CREATE TABLE "slot" (
    "organisation_id" INTEGER NOT NULL,
    "team_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "slot_on" DATE NOT NULL,
    "owner" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "slot_pkey" PRIMARY KEY ("team_id","kind","slot_on")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" SERIAL NOT NULL,
    "organisation_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by_person_id" INTEGER,
    "via" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "changes" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_change" (
    "entry_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "contract_id" INTEGER,
    "what" TEXT NOT NULL,
    "field" TEXT,
    "from_value" TEXT,
    "to_value" TEXT,

    CONSTRAINT "audit_change_pkey" PRIMARY KEY ("entry_id","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "organisation_slug_key" ON "organisation"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "team_organisation_id_name_key_key" ON "team"("organisation_id", "name_key");

-- CreateIndex
CREATE INDEX "person_organisation_id_name_key_idx" ON "person"("organisation_id", "name_key");

-- CreateIndex
CREATE INDEX "person_organisation_id_email_idx" ON "person"("organisation_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "person_organisation_id_slack_workspace_slack_user_key" ON "person"("organisation_id", "slack_workspace", "slack_user");

-- CreateIndex
CREATE UNIQUE INDEX "buyer_organisation_id_name_key_key" ON "buyer"("organisation_id", "name_key");

-- CreateIndex
CREATE UNIQUE INDEX "product_organisation_id_name_key_key" ON "product"("organisation_id", "name_key");

-- CreateIndex
CREATE UNIQUE INDEX "source_organisation_id_name_key" ON "source"("organisation_id", "name");

-- CreateIndex
CREATE INDEX "import_source_id_idx" ON "import"("source_id");

-- CreateIndex
CREATE INDEX "import_problem_source_id_resolved_import_id_idx" ON "import_problem"("source_id", "resolved_import_id");

-- CreateIndex
CREATE INDEX "import_problem_organisation_id_reference_idx" ON "import_problem"("organisation_id", "reference");

-- CreateIndex
CREATE INDEX "import_problem_import_id_idx" ON "import_problem"("import_id");

-- CreateIndex
CREATE INDEX "contract_organisation_id_reference_key_idx" ON "contract"("organisation_id", "reference_key");

-- CreateIndex
CREATE INDEX "contract_team_id_next_rung_on_idx" ON "contract"("team_id", "next_rung_on");

-- CreateIndex
CREATE INDEX "contract_organisation_id_current_latest_idx" ON "contract"("organisation_id", "current_latest");

-- CreateIndex
CREATE INDEX "contract_organisation_id_supplier_key_idx" ON "contract"("organisation_id", "supplier_key");

-- CreateIndex
CREATE UNIQUE INDEX "contract_source_id_external_id_key" ON "contract"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "contract_buyer_buyer_id_idx" ON "contract_buyer"("buyer_id");

-- CreateIndex
CREATE INDEX "contract_product_product_id_idx" ON "contract_product"("product_id");

-- CreateIndex
CREATE INDEX "extension_contract_id_idx" ON "extension"("contract_id");

-- CreateIndex
CREATE INDEX "decision_contract_id_idx" ON "decision"("contract_id");

-- CreateIndex
CREATE INDEX "deadline_organisation_id_due_on_idx" ON "deadline"("organisation_id", "due_on");

-- CreateIndex
CREATE INDEX "alert_organisation_id_state_idx" ON "alert"("organisation_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "alert_contract_id_kind_deadline_on_rung_key" ON "alert"("contract_id", "kind", "deadline_on", "rung");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_key_key" ON "delivery"("key");

-- CreateIndex
CREATE INDEX "delivery_state_due_at_idx" ON "delivery"("state", "due_at");

-- CreateIndex
CREATE INDEX "delivery_organisation_id_destination_state_id_idx" ON "delivery"("organisation_id", "destination", "state", "id");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_organisation_id_subject_purpose_sequence_destinati_key" ON "delivery"("organisation_id", "subject", "purpose", "sequence", "destination");

-- CreateIndex
CREATE INDEX "delivery_alert_alert_id_idx" ON "delivery_alert"("alert_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_organisation_id_position_key" ON "audit_entry"("organisation_id", "position");

-- CreateIndex
CREATE INDEX "audit_change_contract_id_idx" ON "audit_change"("contract_id");

-- AddForeignKey
ALTER TABLE "team" ADD CONSTRAINT "team_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import" ADD CONSTRAINT "import_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_problem" ADD CONSTRAINT "import_problem_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_import" ADD CONSTRAINT "contract_import_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_buyer" ADD CONSTRAINT "contract_buyer_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_buyer" ADD CONSTRAINT "contract_buyer_buyer_id_fkey" FOREIGN KEY ("buyer_id") REFERENCES "buyer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_product" ADD CONSTRAINT "contract_product_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_product" ADD CONSTRAINT "contract_product_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extension" ADD CONSTRAINT "extension_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decision" ADD CONSTRAINT "decision_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deadline" ADD CONSTRAINT "deadline_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_alert" ADD CONSTRAINT "delivery_alert_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_alert" ADD CONSTRAINT "delivery_alert_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_change" ADD CONSTRAINT "audit_change_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "audit_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What may stand in the columns of states.
ALTER TABLE "contract" ADD CONSTRAINT "contract_end_check" CHECK (
    ("end_kind" = 'dated' AND "end_earliest" <= "end_latest" AND "end_precision" IN ('day', 'month', 'quarter', 'year'))
    OR ("end_kind" IN ('undated', 'rolling') AND "end_earliest" IS NULL AND "end_latest" IS NULL));
ALTER TABLE "extension" ADD CONSTRAINT "extension_kind_check" CHECK ("kind" IN ('option', 'variation', 'emergency', 'renewal', 'unknown'));
ALTER TABLE "extension" ADD CONSTRAINT "extension_status_check" CHECK ("status" IN ('proposed', 'presumed', 'confirmed', 'withdrawn'));
ALTER TABLE "alert" ADD CONSTRAINT "alert_state_check" CHECK ("state" IN ('open', 'acknowledged', 'snoozed', 'superseded', 'closed'));
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_state_check" CHECK (
    "state" IN ('PENDING', 'SENDING', 'RETRY', 'UNCERTAIN', 'SENT', 'BLOCKED', 'DEAD', 'SUPERSEDED'));
-- A claim has an owner and a lease, and nothing else has a lease: what a fence relies on.
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_lease_check" CHECK (("state" = 'SENDING') = ("lease_until" IS NOT NULL));
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_sent_check" CHECK ("state" <> 'SENT' OR "sent_at" IS NOT NULL);

-- An audit entry is written after its rows, when their digest is known.
ALTER TABLE "audit_change" ALTER CONSTRAINT "audit_change_entry_id_fkey" DEFERRABLE INITIALLY IMMEDIATE;

-- The audit only grows, whoever asks.
CREATE FUNCTION "audit_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit only grows: % on % is refused.', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER "audit_entry_only_grows" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry"
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_only_grows"();
CREATE TRIGGER "audit_change_only_grows" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_change"
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_only_grows"();

-- Two roles: the owner migrates, lapsewatch_run runs. Where the owner may not create roles, an
-- administrator creates lapsewatch_run beforehand; without it the owner runs as well.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        BEGIN
            CREATE ROLE "lapsewatch_run" NOLOGIN;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
            RAISE NOTICE 'role lapsewatch_run was not created here';
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT USAGE ON SCHEMA public TO lapsewatch_run';
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lapsewatch_run';
        EXECUTE 'GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO lapsewatch_run';
        EXECUTE 'REVOKE UPDATE, DELETE ON "audit_entry", "audit_change" FROM lapsewatch_run';
        EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lapsewatch_run';
        EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO lapsewatch_run';
    END IF;
END $$;
