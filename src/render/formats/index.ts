import type { Findings } from './findings.js';

export type { Findings } from './findings.js';

/** Outputs of findings for other programs, each loaded only when it is asked for. */
const OUTPUTS = {
  sarif: async () => (await import('./sarif.js')).sarif,
  junit: async () => (await import('./junit.js')).junit,
  github: async () => (await import('./github.js')).github,
  gitlab: async () => (await import('./gitlab.js')).gitlab,
  rdjson: async () => (await import('./rdjson.js')).rdjson,
} as const;

/** An output format besides text for people and the tool's own JSON. */
export type OutputFormat = keyof typeof OUTPUTS;

/** Findings in the form of another program. */
export async function renderFindings(format: OutputFormat, findings: Findings): Promise<string> {
  // Half a character, which a file name may hold on some systems, has no form in UTF-8.
  const placeOf = (path: string) => findings.placeOf(path).replace(/\p{Surrogate}/gu, '\ufffd');
  return (await OUTPUTS[format]())({ ...findings, placeOf });
}
