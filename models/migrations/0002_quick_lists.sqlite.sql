CREATE INDEX "work_order_status_created_at_id" ON "work_order" ("status", "created_at", "id");;
CREATE INDEX "customer_inactive_at_sort_name_id" ON "customer" ("inactive_at", "sort_name", "id");;
CREATE INDEX "customer_store_id_inactive_at_sort_name_id" ON "customer" ("store_id", "inactive_at", "sort_name", "id");;
DROP INDEX "customer_store_id_sort_name_id";;
CREATE INDEX "facility_inactive_at_sort_name_id" ON "facility" ("inactive_at", "sort_name", "id");;
