ALTER TABLE "organisation" ADD COLUMN "fields_mark" VARCHAR(16) NOT NULL DEFAULT '';;
CREATE TABLE "custom_field" ("id" INTEGER NOT NULL PRIMARY KEY, "version" INTEGER NOT NULL, "owner" VARCHAR(32) NOT NULL, "label" VARCHAR(60) NOT NULL, "labels" TEXT NOT NULL, "kind" VARCHAR(32) NOT NULL, "unit" VARCHAR(12) NOT NULL, "decimals" INTEGER NOT NULL, "choices" TEXT NOT NULL, "help" VARCHAR(200) NOT NULL, "in_list" INTEGER NOT NULL, "searchable" INTEGER NOT NULL, "hidden" INTEGER NOT NULL, "need" VARCHAR(32) NOT NULL, "need_from" VARCHAR(32) NOT NULL, "position" INTEGER NOT NULL, "removed_at" DATETIME, "to_fold" INTEGER NOT NULL, "created_at" DATETIME NOT NULL);;
CREATE UNIQUE INDEX "custom_field_owner_label" ON "custom_field" ("owner", "label");;
CREATE TABLE "custom_value" ("id" INTEGER NOT NULL PRIMARY KEY, "field_id" INTEGER NOT NULL, "record_id" INTEGER NOT NULL, "value" TEXT NOT NULL, "sort" VARCHAR(128) NOT NULL, FOREIGN KEY ("field_id") REFERENCES "custom_field" ("id") ON DELETE CASCADE);;
CREATE UNIQUE INDEX "custom_value_field_id_record_id" ON "custom_value" ("field_id", "record_id");;
CREATE INDEX "custom_value_field_id_sort_record_id" ON "custom_value" ("field_id", "sort", "record_id");;
CREATE TRIGGER "customer_custom" AFTER DELETE ON "customer" BEGIN DELETE FROM custom_value WHERE record_id = old.id AND field_id IN (SELECT id FROM custom_field WHERE owner = 'customer'); END;;
CREATE TRIGGER "facility_custom" AFTER DELETE ON "facility" BEGIN DELETE FROM custom_value WHERE record_id = old.id AND field_id IN (SELECT id FROM custom_field WHERE owner = 'facility'); END;;
CREATE TRIGGER "work_order_custom" AFTER DELETE ON "work_order" BEGIN DELETE FROM custom_value WHERE record_id = old.id AND field_id IN (SELECT id FROM custom_field WHERE owner = 'order'); END;;
