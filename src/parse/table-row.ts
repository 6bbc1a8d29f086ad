/** Offsets in a line of a table of the bars that divide cells: those without a backslash. */
function dividingBars(line: string): number[] {
  return [...line.matchAll(/\\[\s\S]|\|/g)].filter(([text]) => text === '|').map(({ index }) => index);
}

/** Number of cells of a line of a table, with or without its outer bars. */
export function cellCount(line: string): number {
  const text = line.trim();
  const bars = dividingBars(text);
  const outer = (bars[0] === 0 ? 1 : 0) + (bars.length > 1 && bars.at(-1) === text.length - 1 ? 1 : 0);
  return bars.length + 1 - outer;
}

/** Offsets of the dividing bars that stand inside of what would be code spans if bars were text. */
export function barsInCode(line: string): number[] {
  const spans = codeSpans(line);
  let at = 0;
  return dividingBars(line).filter((bar) => {
    while (at < spans.length && spans[at]!.end < bar) at += 1;
    return at < spans.length && spans[at]!.start < bar;
  });
}

/** Offsets of the dividing bars without a blank beside them, in a line whose outer bars have blanks inside. */
export function tightBars(line: string): number[] {
  const text = line.trimEnd();
  return dividingBars(line).filter(
    (bar) => bar > 0 && bar < text.length - 1 && /\S/.test(line[bar - 1]!) && /\S/.test(line[bar + 1]!),
  );
}

/** Runs of backticks pair with the next run of the same length, as CommonMark has it. */
function codeSpans(line: string): { start: number; end: number }[] {
  const runs = [...line.matchAll(/`+/g)];
  const byLength = new Map<number, number[]>();
  for (let index = runs.length - 1; index >= 0; index--) {
    const { length } = runs[index]![0];
    const known = byLength.get(length);
    if (known) known.push(index);
    else byLength.set(length, [index]);
  }
  const spans: { start: number; end: number }[] = [];
  for (let at = 0; at < runs.length; at++) {
    const { 0: run, index } = runs[at]!;
    const later = byLength.get(run.length)!;
    while (later.length > 0 && later.at(-1)! <= at) later.pop();
    if (line[index - 1] === '\\' || later.length === 0) continue;
    at = later.pop()!;
    spans.push({ start: index, end: runs[at]!.index });
  }
  return spans;
}
