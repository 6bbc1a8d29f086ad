/** The public API: compile a corpus, read its model and findings, plan a package, render a record. */
export type { Diagnostic, RelatedPlace, Severity } from './base/diagnostic.js';
export type { Point, Range } from './base/position.js';
export { type UsageCode, UsageError } from './base/usage-error.js';
export type { Finding, Rule, RuleContext, RuleGroup } from './check/rule.js';
export { RULES } from './check/rules/index.js';
export { type Config, loadConfig } from './load/config.js';
export type { Entry, Kind, Model } from './model/model.js';
export type { Document } from './parse/document.js';
export { type Compilation, compile, type PreparedPlan, preparePlan } from './pipeline.js';
export type { Plan } from './plan/plan.js';
export type { JournalLine, RunEvent, RunStatus } from './record/events.js';
export type { RunRecord } from './record/record.js';
export { readRecord, type StoredRecord } from './record/store.js';
export { renderReport } from './render/report.js';
