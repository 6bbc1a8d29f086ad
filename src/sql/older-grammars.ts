import { type SyntaxProblem, toProblem } from './grammar.js';

/** What the parser packages of all major versions have in common. */
interface OlderGrammar {
  loadModule(): Promise<void>;
  parseSync(sql: string): unknown;
}

/**
 * Grammars of servers before the one that everything is read by, as optional packages. There is none for 14 that can be
 * installed.
 */
const GRAMMARS: Readonly<Record<number, () => Promise<OlderGrammar>>> = {
  13: () => import('libpg-query-13'),
  15: () => import('libpg-query-15'),
  16: () => import('libpg-query-16'),
  17: () => import('libpg-query-17'),
};

/** Majors whose grammars there are. */
export const OLDER_MAJORS: readonly number[] = Object.keys(GRAMMARS).map(Number);

/** The first problem that one server's grammar has with a statement; null where it takes it. */
export type OlderParser = (statement: string) => SyntaxProblem | null;

const loading = new Map<number, Promise<OlderParser | null>>();

/** Loads the grammar of a major version of PostgreSQL, once; null where its package is not installed. */
export function loadOlderGrammar(major: number): Promise<OlderParser | null> {
  const known = loading.get(major) ?? load(major);
  loading.set(major, known);
  return known;
}

/** Begins to load all of them, for whoever will ask soon: they are compiled beside other work. */
export function expectOlderGrammars(): void {
  // Whoever asks for one is told why it cannot be had.
  for (const major of OLDER_MAJORS) loadOlderGrammar(major).catch(() => {});
}

async function load(major: number): Promise<OlderParser | null> {
  let grammar: OlderGrammar;
  try {
    grammar = await GRAMMARS[major]!();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
  await grammar.loadModule();
  return (statement) => {
    try {
      grammar.parseSync(statement);
      return null;
    } catch (error) {
      return toProblem(error, statement);
    }
  };
}
