import type { Diagnostic } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';
import type { Entry } from '../model/entry.js';
import type { Model } from '../model/model.js';
import { SourceText } from '../parse/source-text.js';
import type { Compiled } from '../pipeline.js';

/** A place in a document of the corpus. */
export interface Place {
  readonly path: string;
  readonly position: Range;
}

/** A compilation as the features look at it: facts by path, and the text of the documents that are asked for. */
export class Snapshot {
  private readonly sources = new Map<string, SourceText>();
  private readonly findings = new Map<string, Diagnostic[]>();

  /** @param model of this compilation, also while the next one is being made */
  constructor(
    readonly compilation: Compiled,
    readonly model: Model,
  ) {
    for (const diagnostic of compilation.diagnostics) {
      const known = this.findings.get(diagnostic.file);
      if (known) known.push(diagnostic);
      else this.findings.set(diagnostic.file, [diagnostic]);
    }
  }

  entry(path: string): Entry | undefined {
    return this.model.entries.get(path);
  }

  /** Findings in a document, in the order of the text. */
  diagnostics(path: string): readonly Diagnostic[] {
    return this.findings.get(path) ?? [];
  }

  /** Text of a document of the corpus. */
  source(path: string): SourceText {
    const known = this.sources.get(path);
    if (known) return known;
    const source = new SourceText(this.compilation.files.get(path)?.bytes ?? new Uint8Array());
    this.sources.set(path, source);
    return source;
  }

  /** Text of a span of a document. */
  slice(path: string, position: Range): string {
    const source = this.source(path);
    const at = ({ line, column }: Range['start']) => source.lineStart(line) + column - 1;
    return source.text.slice(at(position.start), at(position.end));
  }
}
