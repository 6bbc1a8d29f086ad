DROP TABLE cutter_governance.manifest_unit_block;

DROP TABLE cutter_governance.manifest_envelope;
