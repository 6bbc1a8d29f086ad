/** The public API: compile a corpus, read its model and findings, plan a package, render a record. */
export { type CompileRequest, compile } from './api.js';
export type { Diagnostic, Edit, Fix, RelatedPlace, Severity } from './base/diagnostic.js';
export type { Point, Range } from './base/position.js';
export type {
  CustomKind,
  JsonSchema,
  KindAssignment,
  LevelOverride,
  RuleLevel,
  RuleLevels,
} from './base/team-settings.js';
export { type UsageCode, UsageError } from './base/usage-error.js';
export type {
  CorpusContext,
  CorpusRule,
  DocumentContext,
  DocumentRule,
  Finding,
  Rule,
  RuleGroup,
  RunnerRule,
} from './check/rule.js';
export { RULES } from './check/rules/index.js';
export type { RuleSettings } from './check/settings.js';
export { type Config, loadConfig } from './load/config.js';
export type { Plugin } from './load/config-files.js';
export type { Entry, FullEntry } from './model/entry.js';
export type { Kind } from './model/kinds.js';
export type { Model } from './model/model.js';
export type { Document, DocumentIndex, Suppression } from './parse/document.js';
export { type Compilation, type PreparedPlan, preparePlan } from './pipeline.js';
export type { Plan } from './plan/plan.js';
export type { JournalLine, RunEvent, RunStatus } from './record/events.js';
export type { RunRecord } from './record/record.js';
export { readRecord, type StoredRecord } from './record/store.js';
export { renderReport } from './render/report.js';
