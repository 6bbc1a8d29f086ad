import type { HeaderValue } from '../parse/document.js';
import type { Entry } from './entry.js';

interface Command {
  readonly id: string;
  readonly step: string;
}

interface Gate {
  readonly id: string;
  readonly gate: string;
  readonly applies_to: string;
  readonly max_age_seconds?: string;
}

/** A package's own limit for a gate. */
interface GateLimit {
  readonly id: string;
  readonly max_age_seconds: string;
}

/** A law's protocol as its front matter has it. */
interface Protocol {
  readonly commands: readonly Command[];
  readonly gates: readonly Gate[];
}

/** Why a run could not follow a protocol, with the dotted path in the header of the document that says so. */
export interface ProtocolProblem {
  readonly at: string;
  readonly message: string;
}

/**
 * The steps of a protocol, all of them, in their order: each one's evidence is what a later one rests on. Without a
 * backup nothing can be restored, without a snapshot no delta and no rollback can be judged.
 */
const STEPS = [
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

/** A law's protocol; null where its front matter has not the form that its schema asks for. */
export function protocolOf(law: Entry): Protocol | null {
  const protocol = law.document.header?.data.protocol;
  if (!isMapping(protocol)) return null;
  const { commands, gates } = protocol;
  if (!areAll<Command>(commands, ['id', 'step']) || !areAll<Gate>(gates, ['id', 'gate', 'applies_to']))
    return null;
  return commands.every(({ step }) => STEPS.includes(step)) ? { commands, gates } : null;
}

/** A package's own limits for gates; null where they have not the form that the schema asks for. */
export function gateLimits(pack: Entry): readonly GateLimit[] | null {
  const limits = pack.document.header?.data.gates ?? [];
  return areAll<GateLimit>(limits, ['id', 'max_age_seconds']) ? limits : null;
}

function areAll<Item>(
  value: HeaderValue | undefined,
  keys: readonly string[],
): value is HeaderValue & Item[] {
  return (
    Array.isArray(value) &&
    value.every((item) => isMapping(item) && keys.every((key) => typeof item[key] === 'string'))
  );
}

function isMapping(value: HeaderValue | undefined): value is { readonly [key: string]: HeaderValue } {
  return typeof value === 'object' && !Array.isArray(value);
}

/** What is wrong with a law's protocol whatever a package says. */
export function protocolProblems({ commands, gates }: Protocol): ProtocolProblem[] {
  return [...commandProblems(commands), ...gateProblems(gates, commands)];
}

function commandProblems(commands: readonly Command[]): ProtocolProblem[] {
  const steps = commands.map(({ step }) => step);
  const own = commands.findIndex(({ id }) => id === OWN_ID);
  const taken = { at: `protocol.commands.${own}.id`, message: `the id ${OWN_ID} is the executor's own` };
  return [...stepProblems(steps), ...(own < 0 ? [] : [taken])];
}

/** An order can be judged only where every step is there once. */
function stepProblems(steps: readonly string[]): ProtocolProblem[] {
  const at = (index: number) => `protocol.commands.${index}.step`;
  const missing = STEPS.filter((step) => !steps.includes(step));
  if (missing.length > 0)
    return missing.map((step) => ({ at: 'protocol.commands', message: `no command has the step ${step}` }));
  const twice = steps.flatMap((step, index) =>
    steps.indexOf(step) === index ? [] : [{ at: at(index), message: `the step ${step} is there twice` }],
  );
  if (twice.length > 0) return twice;
  const first = steps.findIndex((step, index) => step !== STEPS[index]);
  if (first < 0) return [];
  const order = STEPS.join(', ');
  return [{ at: at(first), message: `the step ${steps[first]} is out of order; the order is ${order}` }];
}

function gateProblems(gates: readonly Gate[], commands: readonly Command[]): ProtocolProblem[] {
  return gates.flatMap(({ id, gate, applies_to: command, max_age_seconds: age }, index) => {
    const at = `protocol.gates.${index}`;
    const problems: ProtocolProblem[] = [];
    if (!commands.some((one) => one.id === command))
      problems.push({
        at: `${at}.applies_to`,
        message: `gate ${id} applies to ${command}, which is no command of the law`,
      });
    if (age !== undefined && gate !== 'backup-age')
      problems.push({ at: `${at}.max_age_seconds`, message: noUse(id, gate) });
    else if (age !== undefined && !Number.isSafeInteger(Number(age)))
      problems.push({
        at: `${at}.max_age_seconds`,
        message: `gate ${id} has an age that is no number of seconds`,
      });
    return problems;
  });
}

/**
 * What is wrong with a package's own limits for the gates of the law that it follows, by places in the package.
 * @param pack path of the package
 */
export function limitProblems(
  { gates }: Protocol,
  own: readonly GateLimit[],
  pack: string,
): ProtocolProblem[] {
  const strays = own.flatMap(({ id }, index): ProtocolProblem[] => {
    const gate = gates.find((one) => one.id === id);
    // A limit that is meant for a gate which the law does not have would protect nothing.
    if (!gate) return [{ at: `gates.${index}.id`, message: `no gate ${id}, for which ${pack} has a limit` }];
    return gate.gate === 'backup-age' ? [] : [{ at: `gates.${index}.id`, message: noUse(id, gate.gate) }];
  });
  const ageless = gates
    .filter(({ gate, max_age_seconds: age }) => gate === 'backup-age' && age === undefined)
    .filter(
      ({ id }) => !own.some((one) => one.id === id && Number.isSafeInteger(Number(one.max_age_seconds))),
    )
    .map(({ id }) => ({ at: 'law.document', message: `gate ${id} names no max_age_seconds` }));
  return [...strays, ...ageless];
}

function noUse(id: string, gate: string): string {
  return `gate ${id} has an age, and ${gate} has no use for it`;
}
