-- Two empty manifest tables in cutter_governance, one foreign key between them.
BEGIN;

CREATE TABLE cutter_governance.manifest_envelope (
    envelope_id              uuid                     NOT NULL,
    manifest_version         text                     NOT NULL,
    source_document_path     text                     NOT NULL,
    source_document_revision text                     NOT NULL,
    source_document_sha256   text                     NOT NULL,
    target_schema            text                     NOT NULL,
    target_table             text                     NOT NULL,
    identity_profile         text                     NOT NULL,
    unit_count               bigint                   NOT NULL,
    manifest_sha256          text                     NOT NULL,
    prepared_by              text                     NOT NULL,
    prepared_at              timestamp with time zone NOT NULL,
    CONSTRAINT manifest_envelope_pkey PRIMARY KEY (envelope_id)
);

CREATE TABLE cutter_governance.manifest_unit_block (
    envelope_id         uuid                     NOT NULL,
    unit_local_id       text                     NOT NULL,
    block_ordinal       bigint                   NOT NULL,
    parent_local_id     text,
    unit_kind           text                     NOT NULL,
    section_path        text                     NOT NULL,
    canonical_address   text                     NOT NULL,
    title               text,
    body_text           text                     NOT NULL,
    content_sha256      text                     NOT NULL,
    source_start_offset bigint                   NOT NULL,
    source_end_offset   bigint                   NOT NULL,
    recorded_at         timestamp with time zone NOT NULL,
    CONSTRAINT manifest_unit_block_pkey PRIMARY KEY (envelope_id, unit_local_id),
    CONSTRAINT manifest_unit_block_envelope_fkey FOREIGN KEY (envelope_id)
        REFERENCES cutter_governance.manifest_envelope (envelope_id)
);

COMMIT;
