import type { LifeCycle } from '../model/life-cycle.js';
import type { StageState, StageStatus } from '../model/life-stages.js';
import type { BrokenPin, Suspect } from '../model/suspects.js';
import type { Paint } from './diagnostics.js';
import { displayWidth } from './display-width.js';
import { encodeTerminal } from './encode.js';

const SIGNS: Readonly<Record<StageStatus, string>> = { done: '●', suspect: '!', refused: '✗', open: '○' };

const LEGEND = '● done  ! suspect  ✗ refused  ○ open';

/** Where every change stands, a line each, and below what is next and what became suspect. @param whole every stage */
export function statusPretty(cycles: readonly LifeCycle[], whole: boolean, paint: Paint): string {
  const width = Math.max(...cycles.map(({ change }) => displayWidth(encodeTerminal(change))));
  const lines = cycles.flatMap((cycle) => [
    headLine(cycle, width, paint),
    ...(whole ? cycle.stages.flatMap((stage) => stageLines(stage, paint)) : openLines(cycle, paint)),
  ]);
  return `${lines.join('\n')}\n\n${LEGEND}\n`;
}

function headLine({ change, stages, next, declaredApplied }: LifeCycle, width: number, paint: Paint): string {
  const name = encodeTerminal(change);
  const bar = stages.map(({ status }) => sign(status, paint)).join('');
  const reached = stages.findIndex(({ status }) => status !== 'done');
  const word =
    next === null
      ? 'closed'
      : declaredApplied
        ? 'said to be applied, before the protocol'
        : stageBefore(stages, reached);
  return `${paint.bold(name)}${' '.repeat(width - displayWidth(name))}  ${bar}  ${word}`;
}

function stageBefore(stages: readonly StageState[], reached: number): string {
  return stages[reached - 1]?.stage ?? stages[0]!.status;
}

function sign(status: StageStatus, paint: Paint): string {
  const of = { done: paint.green, suspect: paint.yellow, refused: paint.red, open: paint.dim };
  return of[status](SIGNS[status]);
}

/** What is next, who refused, and which pins broke: each once, however many stages rest on it. Files by their names. */
function openLines({ stages, next, declaredApplied }: LifeCycle, paint: Paint): string[] {
  if (declaredApplied) return [];
  const told = stages.filter(({ stage, status }) => stage === next || status === 'refused');
  const suspect = stages.filter(({ status }) => status === 'suspect');
  const broken = new Map(
    suspect
      .flatMap(({ suspects }) => suspects.flatMap(({ broken }) => broken))
      .map((pin) => [placeOf(pin), pin]),
  );
  return [
    ...told.map(({ stage, status, missing, turn }) => {
      const who = stage === next ? `next: ${stage}, ${encodeTerminal(turn)}'s turn` : stage;
      return `  ${sign(status, paint)} ${who}: ${encodeTerminal(missing)}`;
    }),
    ...(suspect.length > 0 ? [`    suspect: ${suspect.map(({ stage }) => stage).join(', ')}`] : []),
    ...[...broken.values()].map((pin) => `    ${encodeTerminal(brokenLine(pin).replace(FOLDERS, ''))}`),
  ];
}

/** The folders of a path. */
const FOLDERS = /(?<=^|\s)(?:[^\s/]+\/)+(?=[^\s/]+\.md)/gu;

function stageLines(state: StageState, paint: Paint): string[] {
  const { stage, status, documents, missing, turn, suspects } = state;
  const said = status === 'done' ? '' : `: ${encodeTerminal(missing)} (${encodeTerminal(turn)})`;
  return [
    `  ${sign(status, paint)} ${stage}${said}`,
    ...(status === 'suspect' ? [] : documents.map((path) => `      ${paint.dim(encodeTerminal(path))}`)),
    ...suspects.flatMap(suspectLines),
  ];
}

/** A word that no longer counts, with the pins that broke and the ways to them. */
export function suspectLines({ document, broken }: Suspect): string[] {
  const lines = broken.flatMap((pin) => {
    const through = pin.way.slice(1, -1).map((path) => `          through ${path}`);
    return [`        ${brokenLine(pin)}`, ...through];
  });
  return [`      ${document}`, ...lines].map(encodeTerminal);
}

function placeOf({ way, line }: BrokenPin): string {
  return `${way.at(-1)}:${line}`;
}

function brokenLine(pin: BrokenPin): string {
  const { key, document, pinned, found } = pin;
  const now = found === null ? 'which is not here' : `now ${found.slice(0, 12)}…`;
  return `${placeOf(pin)} (${key}) pins ${document} as ${pinned.slice(0, 12)}…, ${now}`;
}
