import { UsageError } from '../base/usage-error.js';
import type { Entry } from '../model/entry.js';
import type { HeaderValue } from '../parse/document.js';
import type { GateName, Plan, PlanCommand, PlanGate, StepName } from './plan.js';

type Data = { readonly [key: string]: HeaderValue };

/**
 * The steps of a protocol, all of them, in their order: each one's evidence is what a later one rests on. Without a
 * backup nothing can be restored, without a snapshot no delta and no rollback can be judged.
 */
const STEPS: readonly StepName[] = [
  'provenance',
  'identity',
  'backup',
  'backup-digest',
  'schema-snapshot',
  'row-counts',
  'preflight',
  'migration',
  'verification',
  'rollback',
];

/** Id under which the executor takes its own lock. */
const OWN_ID = 'LOCK';

/**
 * Commands and gates of a law, with the limits that a package makes stricter.
 * @throws UsageError `plan-refused` for a protocol that could not prove what it is there to prove
 */
export function readProtocol(law: Entry, pack: Entry): Pick<Plan, 'commands' | 'gates'> {
  const protocol = law.document.header!.data.protocol as Data;
  const own = (pack.document.header!.data.gates ?? []) as readonly Data[];
  const commands = (protocol.commands as readonly Data[]).map((command) => ({
    id: text(command, 'id'),
    step: text(command, 'step') as StepName,
  }));
  const gates = (protocol.gates as readonly Data[]).map(
    (gate): PlanGate => ({
      id: text(gate, 'id'),
      gate: text(gate, 'gate') as GateName,
      appliesTo: text(gate, 'applies_to'),
      maxAgeSeconds: strictest(
        gate.max_age_seconds,
        own.filter(({ id }) => id === gate.id).map((one) => one.max_age_seconds),
      ),
    }),
  );
  const problem =
    commandsProblem(commands) ?? gatesProblem(gates, commands) ?? overridesProblem(own, gates, pack);
  if (problem) {
    const help = `the protocol stands in the front matter of ${law.document.path}`;
    throw new UsageError('plan-refused', `${law.document.path}: ${problem}`, help);
  }
  return { commands, gates };
}

function commandsProblem(commands: readonly PlanCommand[]): string | null {
  const steps = commands.map(({ step }) => step);
  for (const step of STEPS) {
    if (!steps.includes(step)) return `no command has the step ${step}`;
  }
  for (const [index, step] of steps.entries()) {
    if (steps.indexOf(step) !== index) return `the step ${step} is there twice`;
    if (step !== STEPS[index]) return `the step ${step} is out of order; the order is ${STEPS.join(', ')}`;
  }
  const ids = commands.map(({ id }) => id);
  if (ids.includes(OWN_ID)) return `the id ${OWN_ID} is the executor's own`;
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  return repeated === undefined ? null : `two commands have the id ${repeated}`;
}

function gatesProblem(gates: readonly PlanGate[], commands: readonly PlanCommand[]): string | null {
  const seen = new Set<string>();
  for (const { id, gate, appliesTo, maxAgeSeconds } of gates) {
    if (seen.has(id)) return `two gates have the id ${id}`;
    seen.add(id);
    if (!commands.some((command) => command.id === appliesTo))
      return `gate ${id} applies to ${appliesTo}, which is no command of the law`;
    if (gate === 'backup-age' && maxAgeSeconds === null) return `gate ${id} names no max_age_seconds`;
    if (gate !== 'backup-age' && maxAgeSeconds !== null)
      return `gate ${id} has an age, and ${gate} has no use for it`;
    if (maxAgeSeconds !== null && !Number.isSafeInteger(maxAgeSeconds))
      return `gate ${id} has an age that is no number of seconds`;
  }
  return null;
}

/** A limit that is meant for a gate which the law does not have would protect nothing. */
function overridesProblem(own: readonly Data[], gates: readonly PlanGate[], pack: Entry): string | null {
  const stray = own.find((one) => !gates.some(({ id }) => id === one.id));
  return stray ? `no gate ${text(stray, 'id')}, for which ${pack.document.path} has a limit` : null;
}

/** A package may tighten a gate of the law, never loosen it. */
function strictest(law: HeaderValue | undefined, own: readonly (HeaderValue | undefined)[]): number | null {
  const limits = [law, ...own].filter((value) => value !== undefined).map(Number);
  return limits.length === 0 ? null : Math.min(...limits);
}

function text(data: Data, key: string): string {
  return String(data[key] ?? '');
}
