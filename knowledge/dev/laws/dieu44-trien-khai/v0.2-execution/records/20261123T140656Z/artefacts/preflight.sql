-- PF-1: production identity
-- evidence: identity.system_identifier
-- expect: 7711368120165286777

-- PF-2: DDL digest
-- evidence: provenance.migration_sha256
-- expect: cb7455e46cc38339db2e69c6e76362ea3b18388d8250b8dc3ce693240c217661

-- PF-3: schema cutter_governance exists
-- expect: 1
SELECT count(*)
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = 'cutter_governance';

-- PF-4: cutter_governance table count before P0-2
-- expect: 6
SELECT count(*)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'cutter_governance' AND c.relkind IN ('r', 'p');

-- PF-5: manifest_envelope absent
-- expect: ABSENT
SELECT coalesce(to_regclass('cutter_governance.manifest_envelope')::text, 'ABSENT');

-- PF-6: manifest_unit_block absent
-- expect: ABSENT
SELECT coalesce(to_regclass('cutter_governance.manifest_unit_block')::text, 'ABSENT');

-- PF-7: v0.1 five tables exist
-- expect: 5
SELECT count(*)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'cutter_governance' AND c.relkind = 'r'
  AND c.relname IN ('cut_request', 'cut_change_set', 'cut_change_item', 'verify_run', 'verify_result');

-- PF-8: Phase alpha canonical_address_alias exists
-- expect: cutter_governance.canonical_address_alias
SELECT to_regclass('cutter_governance.canonical_address_alias')::text;

-- PF-9: public.tac_logical_unit Phase alpha state: columns, status, profile, rows
-- expect: 15|draft|canonical-address-v1|86
SELECT
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('public.tac_logical_unit') AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    u.lifecycle_status, u.identity_profile, count(*) AS rows
FROM public.tac_logical_unit AS u
GROUP BY u.lifecycle_status, u.identity_profile
ORDER BY u.lifecycle_status, u.identity_profile;

-- PF-10: sandbox_tac.logical_unit Phase alpha state: columns, status, profile, rows
-- expect: 15||canonical-address-v1|76
SELECT
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('sandbox_tac.logical_unit') AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    u.lifecycle_status, u.identity_profile, count(*) AS rows
FROM sandbox_tac.logical_unit AS u
GROUP BY u.lifecycle_status, u.identity_profile
ORDER BY u.lifecycle_status, u.identity_profile;
