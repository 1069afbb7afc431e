-- What contracts cover, what is in use, and reminders of the end of its support.
ALTER TABLE organisation ADD COLUMN products_as_of date;

CREATE TABLE cover (
  id serial PRIMARY KEY,
  organisation_id integer NOT NULL,
  contract_id integer NOT NULL REFERENCES contract (id) ON DELETE CASCADE ON UPDATE CASCADE,
  key text NOT NULL,
  product text,
  release text NOT NULL DEFAULT '',
  words text,
  kind text,
  count integer,
  custom boolean,
  from_register boolean NOT NULL DEFAULT false,
  chosen_by_id integer,
  chosen_on date NOT NULL
);
CREATE UNIQUE INDEX cover_contract_id_key_key ON cover (contract_id, key);
CREATE INDEX cover_organisation_id_product_release_idx ON cover (organisation_id, product, release);

CREATE TABLE in_use (
  id serial PRIMARY KEY,
  organisation_id integer NOT NULL,
  team_id integer NOT NULL,
  source text NOT NULL,
  words text NOT NULL,
  key text NOT NULL,
  product text,
  release text NOT NULL DEFAULT '',
  count integer,
  site text,
  owner_id integer
);
CREATE INDEX in_use_organisation_id_product_release_idx ON in_use (organisation_id, product, release);
CREATE INDEX in_use_organisation_id_key_idx ON in_use (organisation_id, key);
CREATE INDEX in_use_organisation_id_source_idx ON in_use (organisation_id, source);

CREATE TABLE product_wording (
  organisation_id integer NOT NULL,
  key text NOT NULL,
  words text NOT NULL,
  product text,
  release text NOT NULL DEFAULT '',
  answered_on date NOT NULL,
  answered_by_id integer,
  PRIMARY KEY (organisation_id, key)
);

CREATE TABLE release_watch (
  organisation_id integer NOT NULL,
  team_id integer NOT NULL,
  product text NOT NULL,
  release text NOT NULL,
  first_seen_on date NOT NULL,
  next_check_on date,
  PRIMARY KEY (team_id, product, release)
);
CREATE INDEX release_watch_team_id_next_check_on_idx ON release_watch (team_id, next_check_on);
CREATE INDEX release_watch_organisation_id_product_release_idx
  ON release_watch (organisation_id, product, release);

ALTER TABLE alert ALTER COLUMN contract_id DROP NOT NULL;
ALTER TABLE alert ADD COLUMN team_id integer, ADD COLUMN product text, ADD COLUMN release text;
ALTER TABLE alert ADD CONSTRAINT alert_subject CHECK ((contract_id IS NULL) = (product IS NOT NULL
  AND release IS NOT NULL AND team_id IS NOT NULL));
CREATE UNIQUE INDEX alert_team_id_product_release_kind_deadline_on_rung_key
  ON alert (team_id, product, release, kind, deadline_on, rung) WHERE product IS NOT NULL;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON cover, in_use, product_wording, release_watch TO lapsewatch_run';
        EXECUTE 'GRANT USAGE, SELECT ON SEQUENCE cover_id_seq, in_use_id_seq TO lapsewatch_run';
    END IF;
END
$$;
