import { createColors } from 'picocolors';

/** What a command may write to: results on one stream, everything for people on the other. */
export interface Terminal {
  /** Results; the only thing on standard output. */
  out(text: string | Uint8Array): void;
  /** Progress and messages, on standard error. */
  err(text: string): void;
  /** Colours for `out`. */
  readonly colors: ReturnType<typeof createColors>;
  /** Colours for `err`. */
  readonly errColors: ReturnType<typeof createColors>;
  /** Whether somebody watches standard error. */
  readonly interactive: boolean;
}

/** The process' own streams; colours only on terminals, `NO_COLOR` and `FORCE_COLOR` (`0` is no) are honoured. */
export function processTerminal(): Terminal {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const coloured = (stream: NodeJS.WriteStream) =>
    NO_COLOR ? false : FORCE_COLOR ? FORCE_COLOR !== '0' && FORCE_COLOR !== 'false' : (stream.isTTY ?? false);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colors: createColors(coloured(process.stdout)),
    errColors: createColors(coloured(process.stderr)),
    interactive: process.stderr.isTTY ?? false,
  };
}

/** Where a command runs: paths of its arguments are relative to `cwd`. */
export interface Environment {
  readonly cwd: string;
  /** Folder named with `--root`, else `cwd`. */
  readonly root: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly now: () => Date;
  /** Called when the migration of a run begins. */
  readonly touched: () => void;
  /** Called when a run has its journal, or is taken up: what is interrupted from then on can be settled by this id. */
  readonly began?: (runId: string, mode: 'run' | 'rehearsal') => void;
}

/** All bytes of standard input. */
export async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
