-- What an extension put right when it was recorded: its withdrawal puts that back.
ALTER TABLE "extension" ADD COLUMN     "undid" JSONB;
