/** A report in the shape that people wrote before there was a format; names and numbers are made up. */
export const OLDER_REPORT = `Parcel change — Production Execution Report (2026-02-03)
Parcel change — Production Execution Report
document_path: knowledge/parcel-production-execution-report-2026-02-03.md
revision: r1
date: 2026-02-03
author: Agent (one: two, "three")
verifier: Reviewer's office — PENDING
execution_status: success
rollback_executed: false
scope_expansion: false
date: 2026-02-04
sign_off:
Parcel LIVE in production. Two empty tables added to
shop. No INSERT, no deploy.
§1 — Authorization Chain
Review = PASS (allowed: true). Executed C-01→C-07 exactly per the package;
note: one line that looks like a field.
§2 — Execution Status
execution_status: success
host: 192.0.2.7 (node) | container db | role owner
note_first_attempt: an earlier run aborted at C-03 on a type-cast
bug (text||"char") BEFORE any mutation
(tables ABSENT). Query fixed (contype::text); this report
covers the run that succeeded.
no_FK / CHECK / trigger: true
---
§2.1 — Artefacts
| Artefact | Path (exec/) |
Size | SHA256 |
|---|---|---|---|
| Backup (C-01) | before.dump |
64,711 | ${'1e42'.repeat(16)} |
| Log | run
.log | — | — |
backup_age_at_C06: 9s (gate G-02: <= 3600s — PASS)
ddl_sha256: ${'023a'.repeat(16)} (== required)
§3 — Verification Results
| ID | Check | Expected | Observed | Result |
|---|---|---|---|---|
| V-01 | parcel rows|max(updated_at) | 86|2026-02-03 (== pre) | identical | PASS |
| V-02 | \`a|b\` | 1 | 1 | PASS |
| V-03 | short | 1 |
V-04 (delta) — satisfied by V-01; tlu=86|2026.
§4 — Created Objects
shop.parcel:
columns: 12
primary_key: (parcel_id)
shop.parcel_item:
columns: 13 (NOT 14)
rows: 0
\`\`\`
key: value   in code
next: |  kept


§9 — as it is
\`\`\`
§5 — Non-Scope
- no other schema; <no store>; [x] confirmed
- key: in a list
§6 — Cross-References
ddl (r1): knowledge/parcel-ddl-2026-02-01.sql.md
dry_run_set: knowledge/parcel-dry-run-*.md
End of report.
`;
