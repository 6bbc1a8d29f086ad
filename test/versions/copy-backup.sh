#!/bin/sh
# A backup for servers that are newer than the installed pg_dump: the rows of every table, by COPY, in the snapshot that
# the run exported. Prints the manifest that the provider "command" wants. Usage: copy-backup.sh FOLDER
set -e
folder=$(mktemp -d "$1/backup-XXXXXX")
list="SELECT format('\\copy (SELECT * FROM %I.%I) TO %L', schemaname, tablename, '$folder/' || md5(schemaname || '.' || tablename))
  FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'"
{
  echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
  echo "SET TRANSACTION SNAPSHOT '$PROBATUM_SNAPSHOT';"
  psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$list"
  echo 'COMMIT;'
} | psql -X -q -o /dev/null -v ON_ERROR_STOP=1
cd "$folder"
sha256=$(sha256sum -- * | sha256sum | cut -d ' ' -f 1)
printf '{"id":"%s","size":%d,"sha256":"%s","taken_at":"%s","entries":%d}\n' \
  "$(basename "$folder")" "$(cat -- * | wc -c)" "$sha256" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(ls | wc -l)"
