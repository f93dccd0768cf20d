CREATE TABLE "user_group" ("id" SERIAL NOT NULL PRIMARY KEY, "version" INTEGER NOT NULL, "name" VARCHAR(60) NOT NULL, "position" INTEGER NOT NULL);;
CREATE UNIQUE INDEX "user_group_name" ON "user_group" ("name");;
INSERT INTO "user_group" ("version", "name", "position")
    SELECT 1, "name", ROW_NUMBER() OVER (ORDER BY "name")
    FROM (SELECT DISTINCT trim("group") AS "name" FROM "user" WHERE trim("group") <> '') AS "texts";;
CREATE TABLE "permission_template" ("id" SERIAL NOT NULL PRIMARY KEY, "version" INTEGER NOT NULL, "name" VARCHAR(60) NOT NULL, "role" VARCHAR(32) NOT NULL, "note" VARCHAR(200) NOT NULL, "given" TEXT NOT NULL, "withdrawn" TEXT NOT NULL, "created_at" TIMESTAMP NOT NULL);;
CREATE UNIQUE INDEX "permission_template_name" ON "permission_template" ("name");;
ALTER TABLE "user" ADD COLUMN "template_id" INTEGER REFERENCES "permission_template" ("id");;
ALTER TABLE "user" ADD COLUMN "group_id" INTEGER REFERENCES "user_group" ("id");;
UPDATE "user" SET "group_id" = (SELECT "user_group"."id" FROM "user_group" WHERE "user_group"."name" = trim("user"."group"));;
ALTER TABLE "user" DROP COLUMN "group";;
CREATE INDEX "user_template_id" ON "user" ("template_id");;
CREATE INDEX "user_group_id" ON "user" ("group_id");;
CREATE TABLE "integration" ("id" SERIAL NOT NULL PRIMARY KEY, "version" INTEGER NOT NULL, "kind" VARCHAR(32) NOT NULL, "name" VARCHAR(60) NOT NULL, "company_number" VARCHAR(20) NOT NULL, "sales_account" VARCHAR(8) NOT NULL, "receivables_account" VARCHAR(8) NOT NULL, "assigned_as_reference" BOOLEAN NOT NULL, "off_at" TIMESTAMP, "last_run_at" TIMESTAMP, "last_error" TEXT, "created_at" TIMESTAMP NOT NULL);;
CREATE UNIQUE INDEX "integration_name" ON "integration" ("name");;
