-- Links to where a contract is kept: JSON as text, [{title, url}], so that imports compare it whole.
ALTER TABLE "contract" ADD COLUMN "documents" TEXT;
