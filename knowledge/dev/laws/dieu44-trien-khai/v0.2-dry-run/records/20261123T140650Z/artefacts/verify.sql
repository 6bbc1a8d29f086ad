-- V-01: manifest_envelope exists
-- expect: cutter_governance.manifest_envelope
SELECT to_regclass('cutter_governance.manifest_envelope')::text;

-- V-02: manifest_unit_block exists
-- expect: cutter_governance.manifest_unit_block
SELECT to_regclass('cutter_governance.manifest_unit_block')::text;

-- V-03: both tables in cutter_governance
-- expect: 2
SELECT count(*)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'cutter_governance' AND c.relkind = 'r'
  AND c.relname IN ('manifest_envelope', 'manifest_unit_block');

-- V-04: manifest_envelope rows
-- expect: 0
SELECT count(*) FROM cutter_governance.manifest_envelope;

-- V-05: manifest_unit_block rows
-- expect: 0
SELECT count(*) FROM cutter_governance.manifest_unit_block;

-- V-06: foreign key shape
-- expect: cutter_governance.manifest_unit_block|FOREIGN KEY (envelope_id) REFERENCES cutter_governance.manifest_envelope(envelope_id)
SELECT con.conrelid::regclass::text, pg_get_constraintdef(con.oid)
FROM pg_catalog.pg_constraint AS con
WHERE con.contype::text = 'f'
  AND con.conrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                       to_regclass('cutter_governance.manifest_unit_block'))
ORDER BY con.conname;

-- V-06n: exactly one foreign key from or to the two tables
-- expect: 1
SELECT count(*)
FROM pg_catalog.pg_constraint AS con
WHERE con.contype::text = 'f'
  AND (con.conrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                        to_regclass('cutter_governance.manifest_unit_block'))
       OR con.confrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                            to_regclass('cutter_governance.manifest_unit_block')));

-- V-07: no cross-schema foreign key
-- expect: 0
SELECT count(*)
FROM pg_catalog.pg_constraint AS con
JOIN pg_catalog.pg_class AS child ON child.oid = con.conrelid
JOIN pg_catalog.pg_class AS parent ON parent.oid = con.confrelid
WHERE con.contype::text = 'f' AND child.relnamespace <> parent.relnamespace
  AND (con.conrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                        to_regclass('cutter_governance.manifest_unit_block'))
       OR con.confrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                            to_regclass('cutter_governance.manifest_unit_block')));

-- V-08: no CHECK
-- expect: 0
SELECT count(*)
FROM pg_catalog.pg_constraint AS con
WHERE con.contype::text = 'c'
  AND con.conrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                       to_regclass('cutter_governance.manifest_unit_block'));

-- V-09: no trigger
-- expect: 0
SELECT count(*)
FROM pg_catalog.pg_trigger AS t
WHERE NOT t.tgisinternal
  AND t.tgrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                    to_regclass('cutter_governance.manifest_unit_block'));

-- V-10: no DEFAULT
-- expect: 0
SELECT count(*)
FROM pg_catalog.pg_attrdef AS d
WHERE d.adrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                    to_regclass('cutter_governance.manifest_unit_block'));

-- V-11e: manifest_envelope primary key
-- expect: PRIMARY KEY (envelope_id)
SELECT pg_get_constraintdef(con.oid)
FROM pg_catalog.pg_constraint AS con
WHERE con.contype::text = 'p'
  AND con.conrelid = to_regclass('cutter_governance.manifest_envelope');

-- V-11b: manifest_unit_block primary key
-- expect: PRIMARY KEY (envelope_id, unit_local_id)
SELECT pg_get_constraintdef(con.oid)
FROM pg_catalog.pg_constraint AS con
WHERE con.contype::text = 'p'
  AND con.conrelid = to_regclass('cutter_governance.manifest_unit_block');

-- V-12: no alias_ref column
-- expect: 0
SELECT count(*)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid IN (to_regclass('cutter_governance.manifest_envelope'),
                     to_regclass('cutter_governance.manifest_unit_block'))
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = 'alias_ref';

-- V-13: no edge table
-- expect: 0
SELECT count(*)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'cutter_governance' AND c.relkind IN ('r', 'p')
  AND c.relname ~ '(^|_)edges?(_|$)';

-- V-14e: manifest_envelope column count
-- expect: 12
SELECT count(*)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass('cutter_governance.manifest_envelope')
  AND a.attnum > 0 AND NOT a.attisdropped;

-- V-14b: manifest_unit_block column count
-- expect: 13
SELECT count(*)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass('cutter_governance.manifest_unit_block')
  AND a.attnum > 0 AND NOT a.attisdropped;

-- V-14en: manifest_envelope columns exact
-- expect: envelope_id,manifest_version,source_document_path,source_document_revision,source_document_sha256,target_schema,target_table,identity_profile,unit_count,manifest_sha256,prepared_by,prepared_at
SELECT string_agg(a.attname::text, ',' ORDER BY a.attnum)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass('cutter_governance.manifest_envelope')
  AND a.attnum > 0 AND NOT a.attisdropped;

-- V-14bn: manifest_unit_block columns exact
-- expect: envelope_id,unit_local_id,block_ordinal,parent_local_id,unit_kind,section_path,canonical_address,title,body_text,content_sha256,source_start_offset,source_end_offset,recorded_at
SELECT string_agg(a.attname::text, ',' ORDER BY a.attnum)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass('cutter_governance.manifest_unit_block')
  AND a.attnum > 0 AND NOT a.attisdropped;

-- V-15: v0.1 five tables column counts unchanged
-- expect: baseline
SELECT
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('cutter_governance.cut_request') AND a.attnum > 0 AND NOT a.attisdropped) AS cut_request,
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('cutter_governance.cut_change_set') AND a.attnum > 0 AND NOT a.attisdropped) AS cut_change_set,
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('cutter_governance.cut_change_item') AND a.attnum > 0 AND NOT a.attisdropped) AS cut_change_item,
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('cutter_governance.verify_run') AND a.attnum > 0 AND NOT a.attisdropped) AS verify_run,
    (SELECT count(*) FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_regclass('cutter_governance.verify_result') AND a.attnum > 0 AND NOT a.attisdropped) AS verify_result;

-- V-16rows: canonical_address_alias rows
-- expect: 0
SELECT count(*) FROM cutter_governance.canonical_address_alias;

-- V-16idx: canonical_address_alias indexes
-- expect: baseline
SELECT count(*)
FROM pg_catalog.pg_index AS i
WHERE i.indrelid = to_regclass('cutter_governance.canonical_address_alias');

-- V-17: cutter_governance table count
-- expect: baseline + 2
SELECT count(*)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'cutter_governance' AND c.relkind IN ('r', 'p');

-- V-18cols: public.tac_logical_unit columns
-- expect: 15
SELECT count(*)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass('public.tac_logical_unit')
  AND a.attnum > 0 AND NOT a.attisdropped;

-- V-18data: public.tac_logical_unit rows and newest change
-- expect: baseline
SELECT count(*), max(u.updated_at)
FROM public.tac_logical_unit AS u;

-- V-19cols: sandbox_tac.logical_unit columns
-- expect: 15
SELECT count(*)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass('sandbox_tac.logical_unit')
  AND a.attnum > 0 AND NOT a.attisdropped;

-- V-19rows: sandbox_tac.logical_unit rows
-- expect: baseline
SELECT count(*) FROM sandbox_tac.logical_unit;

-- V-PROD-SYS: production identity after the migration
-- evidence: identity.system_identifier
-- expect: 7711368120165286777

-- V-20: catalogue delta
-- evidence: catalogue.delta
-- expect: + table cutter_governance.manifest_envelope
-- expect: + table cutter_governance.manifest_unit_block

-- V-21: cut_change_set rows
-- expect: 0
SELECT count(*) FROM cutter_governance.cut_change_set;

-- V-22: verify_result rows
-- expect: 0
SELECT count(*) FROM cutter_governance.verify_result;

-- V-23: identity_profile of both unit tables
-- expect: public.tac_logical_unit|canonical-address-v1|86
-- expect: sandbox_tac.logical_unit|canonical-address-v1|76
SELECT 'public.tac_logical_unit' AS unit_table, u.identity_profile, count(*)
FROM public.tac_logical_unit AS u
GROUP BY u.identity_profile
UNION ALL
SELECT 'sandbox_tac.logical_unit' AS unit_table, s.identity_profile, count(*)
FROM sandbox_tac.logical_unit AS s
GROUP BY s.identity_profile
ORDER BY unit_table, identity_profile;
