ALTER TABLE "delivery_alert" ADD COLUMN "told_on" DATE;
