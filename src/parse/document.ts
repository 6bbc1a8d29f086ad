import type { Range } from '../base/position.js';

/**
 * What stays known of every document: enough for other documents and for the rules that compare them. A pure
 * function of the file's bytes, plain data, no syntax tree.
 */
export interface DocumentIndex {
  /** Path relative to the corpus root, `/`-separated, NFC. */
  readonly path: string;
  /** SHA-256 over the file's exact bytes. */
  readonly digest: string;
  /** Size in bytes. */
  readonly size: number;
  /** What the reader refused or could not make sense of. */
  readonly problems: readonly Problem[];
  readonly header: Header | null;
  readonly headings: readonly Heading[];
  readonly fences: readonly Fence[];
  readonly links: readonly Link[];
  readonly mentions: readonly Mention[];
  readonly suppressions: readonly Suppression[];
  /** Names of places that links can lead to besides headings: `id` and `name` in HTML, `{#name}` behind headings. */
  readonly anchors: readonly string[];
}

/** All facts of one document, for rules that judge it by itself; most of its text is in here. */
export interface Document extends DocumentIndex {
  readonly tables: readonly Table[];
  /** Table delimiter rows that belong to no table: the header above was broken over lines. */
  readonly strayDelimiters: readonly Range[];
  readonly keyValues: readonly KeyValue[];
  /** The same in fenced YAML that names documents. */
  readonly yamlValues: readonly KeyValue[];
  /** Raw HTML, which a reviewer does not see as it is extracted; of documents with executable SQL only. */
  readonly html: readonly Range[];
  /** Lines of prose, list items and table rows, for claims that are made in words. */
  readonly prose: readonly ProseLine[];
}

/** Closed list of what can be wrong while a file is read; rules turn them into diagnostics. */
export type ProblemCode = 'encoding' | 'front-matter-yaml' | 'unreadable';

export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly position: Range;
  readonly help?: string;
}

/** Nested front matter: every scalar is a string (YAML failsafe schema). */
export type HeaderValue = string | readonly HeaderValue[] | { readonly [key: string]: HeaderValue };

/** Front matter, or the bare `key: value` block of a document that was written before the format. */
export interface Header {
  readonly origin: 'front-matter' | 'legacy';
  readonly position: Range;
  readonly data: { readonly [key: string]: HeaderValue };
  /** Every scalar, and every list or mapping, with its dotted path (`ddl.sha256`, `depends_on.0.document`). */
  readonly values: readonly HeaderScalar[];
  /** Place of every key, by dotted path. */
  readonly keys: readonly HeaderKey[];
}

export interface HeaderScalar {
  readonly path: string;
  readonly value: string;
  readonly position: Range;
}

export interface HeaderKey {
  readonly path: string;
  readonly position: Range;
}

export interface Heading {
  readonly depth: number;
  readonly text: string;
  /** Anchor as GitHub makes it. */
  readonly slug: string;
  readonly position: Range;
}

/** Roles that a fence can have (FORMAT, "SQL fences"). */
export type FenceRole = 'migration' | 'rollback' | 'fixture' | 'preflight' | 'verify';

export interface Fence {
  readonly info: string;
  readonly language: string;
  readonly role: FenceRole | null;
  /** Place of the opening fence line's content. */
  readonly position: Range;
  /** Bytes strictly between the fence lines, in the file. */
  readonly start: number;
  readonly end: number;
  /** First and last line between the fence lines (1-based); `lastLine < firstLine` where there is none. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** At the document's root, from column 0. */
  readonly atRoot: boolean;
  readonly closed: boolean;
  /** SHA-256 of the bytes `start..end`. */
  readonly digest: string;
}

export interface Cell {
  readonly text: string;
  readonly position: Range;
}

export interface Row {
  readonly cells: readonly Cell[];
  readonly position: Range;
}

export interface Table {
  readonly header: Row;
  readonly rows: readonly Row[];
  readonly position: Range;
}

/** A `key: value` line outside front matter. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly keyPosition: Range;
  readonly position: Range;
}

/**
 * A link, image or definition, in Markdown or HTML (whose place is that of its address), whose target can lead into the repository: addresses with a scheme or a
 * host are left out.
 */
export interface Link {
  readonly url: string;
  readonly position: Range;
}

/** A comment that accepts findings: `<!-- probatum-disable-next-line RULE, RULE: why -->` on a line of its own, or on several. */
export interface Suppression {
  readonly rules: readonly string[];
  /** Null where none is given. */
  readonly reason: string | null;
  /** The line that it speaks of: the next one that is neither blank nor such a comment; its own where there is none. */
  readonly line: number;
  /** Place of the comment. */
  readonly position: Range;
  /** It has another name, or does not stand alone on its line, and accepts nothing. */
  readonly isMisplaced?: boolean;
}

export type MentionKind = 'path' | 'digest' | 'abbreviated-digest' | 'id' | 'section';

/** A place in the text that names something: a path, a digest, an id. */
export interface Mention {
  readonly kind: MentionKind;
  readonly value: string;
  readonly position: Range;
  /** Dotted path in the header or key of the `key: value` line that it stands in, if any. */
  readonly key: string | null;
  readonly in: 'header' | 'key-value' | 'prose' | 'yaml';
  /** Revision written beside a path: `(r2)`. */
  readonly revision: string | null;
  readonly revisionPosition: Range | null;
}

export interface ProseLine {
  readonly line: number;
  readonly text: string;
}

/** The scalar at a dotted path of the header. */
export function headerValue(document: DocumentIndex, path: string): HeaderScalar | undefined {
  return document.header?.values.find((value) => value.path === path);
}

/** Text of a top-level header field, or undefined where it is absent or not a scalar. */
export function headerText(document: DocumentIndex, key: string): string | undefined {
  const value = document.header?.data[key];
  return typeof value === 'string' ? value : undefined;
}

/** Place of the value at a dotted path, else of its key, else of the nearest parent, else of the header. */
export function headerPosition(document: DocumentIndex, path: string): Range | undefined {
  const header = document.header;
  if (!header) return undefined;
  for (let at = path; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
    const found =
      header.values.find((value) => value.path === at) ?? header.keys.find((key) => key.path === at);
    if (found) return found.position;
  }
  return header.position;
}
