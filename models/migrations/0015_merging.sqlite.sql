CREATE TABLE "merge" ("id" INTEGER NOT NULL PRIMARY KEY, "version" INTEGER NOT NULL, "kept_id" INTEGER NOT NULL, "gone_id" INTEGER NOT NULL, "by_id" INTEGER, "at" DATETIME NOT NULL, "moved" TEXT NOT NULL, "changed" TEXT NOT NULL, "was_inactive_at" DATETIME, "undone_at" DATETIME, FOREIGN KEY ("kept_id") REFERENCES "customer" ("id") ON DELETE CASCADE, FOREIGN KEY ("gone_id") REFERENCES "customer" ("id") ON DELETE CASCADE, FOREIGN KEY ("by_id") REFERENCES "user" ("id") ON DELETE SET NULL);;
CREATE INDEX "merge_kept_id" ON "merge" ("kept_id");;
CREATE INDEX "merge_gone_id" ON "merge" ("gone_id");;
ALTER TABLE "customer" ADD COLUMN "merged_into_id" INTEGER REFERENCES "customer" ("id") ON DELETE SET NULL;;
CREATE INDEX "customer_merged_into_id" ON "customer" ("merged_into_id");;
