import { UsageError } from '../base/usage-error.js';
import type { Entry } from '../model/entry.js';
import { gateLimits, limitProblems, protocolOf, protocolProblems } from '../model/protocol.js';
import type { GateName, Plan, PlanCommand, PlanGate, StepName } from './plan.js';

/**
 * Commands and gates of a law, with the limits that a package makes stricter.
 * @throws UsageError `plan-refused` for a protocol that could not prove what it is there to prove
 */
export function readProtocol(law: Entry, pack: Entry): Pick<Plan, 'commands' | 'gates'> {
  const protocol = protocolOf(law);
  const own = gateLimits(pack);
  if (!protocol || !own) throw malformed(protocol ? pack : law);
  const commands = protocol.commands.map(({ id, step }) => ({ id, step: step as StepName }));
  const gates = protocol.gates.map(
    (gate): PlanGate => ({
      id: gate.id,
      gate: gate.gate as GateName,
      appliesTo: gate.applies_to,
      maxAgeSeconds: strictest(
        gate.max_age_seconds,
        own.filter(({ id }) => id === gate.id).map((one) => one.max_age_seconds),
      ),
    }),
  );
  const known = [...protocolProblems(protocol), ...limitProblems(protocol, own, pack.document.path)];
  const problem = known[0]?.message ?? repeatedId(commands, 'commands') ?? repeatedId(gates, 'gates');
  if (problem) {
    const help = `the protocol stands in the front matter of ${law.document.path}`;
    throw new UsageError('plan-refused', `${law.document.path}: ${problem}`, help);
  }
  return { commands, gates };
}

/** Documents with such a header are refused with their errors before; this is the last word. */
function malformed({ document }: Entry): UsageError {
  return new UsageError('plan-refused', `${document.path}: the front matter has not the form of its kind`);
}

function repeatedId(items: readonly (PlanCommand | PlanGate)[], what: string): string | null {
  const ids = items.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  return repeated === undefined ? null : `two ${what} have the id ${repeated}`;
}

/** A package may tighten a gate of the law, never loosen it. */
function strictest(law: string | undefined, own: readonly string[]): number | null {
  const limits = [law, ...own].filter((value) => value !== undefined).map(Number);
  return limits.length === 0 ? null : Math.min(...limits);
}
