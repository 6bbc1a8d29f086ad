import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OWN } from '../../src/execute/statements.js';
import { queryOnce } from '../support/postgres-change.js';
import { runFolders } from '../support/run-probatum.js';
import type { Lane, Variant, VariantName } from './lane.js';
import { countOperations, type FileOperation, runChild, runInProcess, type Said } from './run-once.js';
import type { Fate, Phase, Statement } from './wire.js';

/** One run of the programme: a fault at a point. */
export interface Case {
  readonly fault: string;
  readonly variant: VariantName;
  /** The point in words, the same in every programme. */
  readonly point: string;
  /** What kind of point it is: points of one kind differ by their place in the run only. */
  readonly kind: string;
  run(lane: Lane, variant: Variant): Promise<Said>;
}

/** What a clean run of a variant does, in order: the points at which a fault can meet it. */
export interface Points {
  readonly events: readonly string[];
  readonly statements: readonly string[];
  readonly operations: readonly FileOperation[];
}

export async function enumeratePoints(lane: Lane, variant: Variant): Promise<Points> {
  await lane.reset(variant);
  lane.before.set(variant.name, await lane.state());
  lane.wire.reset(null);
  const events: string[] = [];
  const said = await runInProcess(variant, lane.wire.url(lane.url), {
    onEvent: (line) =>
      events.push(`${line.type}${'id' in line ? ` ${line.id}` : 'unit' in line ? ` ${line.unit}` : ''}`),
  });
  const expected = variant.name === 'rollback' ? 3 : 0;
  if (said.code !== expected)
    throw new Error(`the clean run ended with ${said.code}: ${said.out}${said.err}`);
  const statements = lane.wire.seen.map(({ sql }) => sql);
  if (variant.name !== 'rollback') lane.after.set(variant.name, await lane.state());
  else lane.after.set('rollback', lane.after.get('ledger')!);
  await lane.reset(variant);
  const operations = await countOperations(variant, lane.url);
  return { events, statements, operations };
}

/** All cases of a variant, in the order of the run. */
export function* casesOf(variant: VariantName, points: Points): Generator<Case> {
  yield* ownFaults(variant, points);
  yield* resumeFaults(variant, points);
  yield* wireFaults(variant, points);
  yield* clockFaults(variant, points);
  yield* waitingFaults(variant, points);
}

function* ownFaults(variant: VariantName, { events, operations }: Points): Generator<Case> {
  for (const [index, event] of events.entries()) {
    const number = index + 1;
    for (const phase of ['before', 'torn', 'after'] as const) {
      const point = `journal ${number} (${event}), ${phase}`;
      const kind = `${typeOf(event)}, ${phase}`;
      const run: Case['run'] = (lane, one) => runChild(one, lane.url, { kind: 'journal', number, phase });
      yield { fault: 'kill -9', variant, point, kind, run };
    }
  }
  for (const { number, operation, path } of operations) {
    const point = `file operation ${number} (${operation} ${path.split('/').slice(-1)})`;
    const at = (fault: string, how: 'kill' | 'error' | 'short' | 'partial', sticky = false): Case => ({
      fault,
      variant,
      point,
      kind: `${operation} of ${path
        .split('/')
        .at(-1)
        ?.replace(/^\d{8}T.*/, 'the run')}`,
      run: (lane, one) => runChild(one, lane.url, { kind: 'io', number, how, sticky }),
    });
    yield at('kill -9', 'kill');
    if (operation === 'fsync') yield at('fsync fails', 'error');
    else if (operation === 'rename') yield at('rename fails', 'error');
    else {
      yield at('disk full, once', operation === 'write' ? 'partial' : 'error');
      yield at('disk full from then on', operation === 'write' ? 'partial' : 'error', true);
    }
    if (operation === 'write') yield at('short write', 'short');
  }
}

/** How many events of a resume are tried as its end; a resume that is over before is let be. */
const RESUME_EVENTS = 8;

/** A run that died, and the process that took it up died too, at each of its own events. */
function* resumeFaults(variant: VariantName, { events }: Points): Generator<Case> {
  for (const [index, event] of events.entries())
    for (let at = 1; at <= RESUME_EVENTS; at++)
      for (const phase of ['before', 'torn', 'after'] as const)
        yield {
          fault: 'kill -9, and of resume',
          variant,
          point: `journal ${index + 1} (${event}), after; event ${at} of resume, ${phase}`,
          kind: typeOf(event),
          async run(lane, one) {
            await runChild(one, lane.url, { kind: 'journal', number: index + 1, phase: 'after' });
            const words = ['resume', runFolders(one.root).at(-1)!];
            return runChild(one, lane.url, { kind: 'journal', number: at, phase }, () => {}, words);
          },
        };
}

type Act = (lane: Lane, statement: Statement) => Promise<Fate>;

/** What happens to the server or the network while a statement is held. */
const WIRE_FAULTS: Readonly<
  Record<string, { readonly act: Act; readonly phases: readonly Phase[]; readonly forAll?: true }>
> = {
  'connection cut': { act: async () => 'cut', phases: ['before', 'answered'] },
  'connection cut, statement arrives after the run': { act: async () => 'late', phases: ['before'] },
  'connection silent': { act: async () => 'mute', phases: ['before', 'answered'] },
  'network silent from then on': { act: async () => 'mute', phases: ['before', 'answered'], forAll: true },
  'backend terminated': {
    act: async (lane, { backend }) => {
      await queryOnce(lane.server.url('postgres'), `SELECT pg_terminate_backend(${backend}, 5000)`);
      return 'pass';
    },
    phases: ['before', 'answered'],
  },
  'backend killed, the server recovers': {
    act: async (lane, { backend }) => {
      process.kill(backend, 'SIGKILL');
      await sleep(20);
      await lane.untilReady();
      return 'pass';
    },
    phases: ['before', 'answered'],
  },
  'server crash': {
    act: async ({ server }) => {
      await server.crash();
      await server.start();
      return 'pass';
    },
    phases: ['before', 'answered'],
  },
  'server stopped and started': {
    act: async ({ server }) => {
      await server.halt();
      await server.start();
      return 'pass';
    },
    phases: ['before', 'answered'],
  },
};

function* wireFaults(variant: VariantName, { statements }: Points): Generator<Case> {
  for (const [fault, { act, phases, forAll = false }] of Object.entries(WIRE_FAULTS))
    for (const [index, sql] of statements.entries())
      for (const phase of phases)
        yield {
          fault,
          variant,
          point: `statement ${index + 1} (${brief(sql)}), ${phase}`,
          kind: `${kindOf(sql)}, ${phase}`,
          run: (lane, one) => {
            lane.wire.reset({ number: index + 1, phase, act: (statement) => act(lane, statement), forAll });
            return runInProcess(one, lane.wire.url(lane.url));
          },
        };
  for (const [index, sql] of statements.entries())
    for (const phase of ['before', 'answered'] as const)
      yield {
        fault: 'kill -9',
        variant,
        point: `statement ${index + 1} (${brief(sql)}), ${phase}`,
        kind: `${kindOf(sql)}, ${phase}`,
        run: (lane, one) => killedAtStatement(lane, one, index + 1, phase),
      };
}

async function killedAtStatement(lane: Lane, variant: Variant, number: number, phase: Phase): Promise<Said> {
  let pid = 0;
  lane.wire.reset({
    number,
    phase,
    forAll: false,
    act: async () => {
      process.kill(pid, 'SIGKILL');
      return 'cut';
    },
  });
  return runChild(variant, lane.wire.url(lane.url), null, (started) => {
    pid = started;
  });
}

function brief(sql: string): string {
  const text = sql.replace(/\s+/g, ' ').trim();
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** A statement's kind: its first word, as the server itself would name it. */
function kindOf(sql: string): string {
  return /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
}

/** `step-finished C-01` is `step-finished`. */
function typeOf(event: string): string {
  return event.split(' ')[0]!;
}

const DAY_MS = 86_400_000;

function* clockFaults(variant: VariantName, { events }: Points): Generator<Case> {
  for (const [index, event] of events.entries())
    for (const [name, shift] of [
      ['a day forth', DAY_MS],
      ['a day back', -DAY_MS],
    ] as const)
      yield {
        fault: `clock moved ${name}`,
        variant,
        point: `journal ${index + 1} (${event}), after`,
        kind: typeOf(event),
        run: (lane, one) =>
          runChild(one, lane.url, { kind: 'clock', number: index + 1, milliseconds: shift }),
      };
}

/** Another session that is in the way, and another run. */
function* waitingFaults(variant: VariantName, { statements }: Points): Generator<Case> {
  // pg_dump waits a minute for a lock: the table is locked once the backup is there.
  const dumped = statements.indexOf('SHOW server_version_num') + 1;
  const locked = statements.indexOf(OWN.tryLock) + 1;
  for (const [index, sql] of statements.entries()) {
    const number = index + 1;
    const point = `statement ${number} (${brief(sql)}), before`;
    const kind = kindOf(sql);
    const fault = variant === 'rollback' ? 'table locked, statement timeout' : 'table locked, lock timeout';
    if (number > dumped + 1)
      yield { fault, variant, point, kind, run: (lane, one) => lockedFrom(lane, one, number) };
    yield {
      fault: 'second run',
      variant,
      point,
      kind,
      run: (lane, one) => secondRunAt(lane, one, number, number > locked),
    };
  }
}

/** Runs while another session keeps a table locked, if it can have it. */
async function lockedFrom(lane: Lane, variant: Variant, number: number): Promise<Said> {
  const other = new pg.Client({ connectionString: lane.url });
  other.on('error', () => {});
  await other.connect();
  lane.wire.reset({
    number,
    phase: 'before',
    forAll: false,
    act: async () => {
      await other.query('BEGIN');
      await other.query('LOCK TABLE app.base IN ACCESS EXCLUSIVE MODE NOWAIT').catch(() => {});
      return 'pass';
    },
  });
  try {
    return await runInProcess(variant, lane.wire.url(lane.url));
  } finally {
    await other.end();
  }
}

/** Runs while another run of the same change is begun and ends; the first is held at a statement meanwhile. */
async function secondRunAt(lane: Lane, variant: Variant, number: number, locked: boolean): Promise<Said> {
  let second: Said | null = null;
  let winner: string | undefined;
  const problems: string[] = [];
  const folder = () => runFolders(variant.root).at(-1);
  let first: string | undefined;
  lane.wire.reset({
    number,
    phase: 'before',
    forAll: false,
    act: async () => {
      first = folder();
      second = await runInProcess(variant, lane.url);
      winner = folder();
      return 'pass';
    },
  });
  const said = await runInProcess(variant, lane.wire.url(lane.url));
  const other = second as Said | null;
  const wins = variant.name === 'rollback' ? 3 : 0;
  if (other === null) problems.push('there was no second run');
  else if (locked && (other.code !== 5 || said.code !== wins))
    problems.push(
      `the first run ended with ${said.code}, the second, which met its lock, with ${other.code}: ${other.err}`,
    );
  else if (!locked && other.code !== wins)
    problems.push(`the second run ended with ${other.code}: ${other.out}${other.err}`);
  // A run that wrote has a row.
  if (variant.name !== 'no-ledger') {
    const [row] = await lane.query(
      "SELECT count(DISTINCT run_id)::int AS runs FROM probatum.run WHERE outcome = 'committed'",
    );
    const ran = [said, other].filter((one) => one?.code === wins).length;
    if (row?.runs !== ran) problems.push(`${row?.runs} runs have committed, ${ran} say so`);
  }
  // Where the second was first, the database is as it left it, and the other one wrote nothing.
  if (locked || other === null)
    return { ...said, problems, ...(first === undefined ? {} : { folder: first }) };
  if (variant.name !== 'rollback' && ![1, 5].includes(said.code ?? -1))
    problems.push(`the first run, which came too late, ended with ${said.code}`);
  return { ...other, problems, ...(winner === undefined ? {} : { folder: winner }) };
}
