import type { Document, Heading, Table } from '../parse/document.js';

/** A heading with what stands below it, down to the next heading of any depth. */
export interface Section {
  /** Null for what stands above the first heading. */
  readonly heading: Heading | null;
  readonly firstLine: number;
  /** The line of the next heading, or infinity. */
  readonly endLine: number;
  readonly tables: readonly Table[];
}

/** Sections of a document, in order. */
export function sectionsOf({ headings, tables }: Document): Section[] {
  const sorted = [...headings].sort((a, b) => a.position.start.line - b.position.start.line);
  const sections: Section[] = [];
  let left = tables;
  for (let index = -1; index < sorted.length; index++) {
    const heading = sorted[index] ?? null;
    const endLine = sorted[index + 1]?.position.start.line ?? Number.POSITIVE_INFINITY;
    const inside = left.findIndex(({ position }) => position.start.line >= endLine);
    const own = inside < 0 ? left : left.slice(0, inside);
    left = inside < 0 ? [] : left.slice(inside);
    sections.push({ heading, firstLine: heading?.position.start.line ?? 1, endLine, tables: own });
  }
  return sections;
}

/** A section with those below it that are parts of it. */
export function withParts(sections: readonly Section[], section: Section): readonly Section[] {
  const first = sections.indexOf(section);
  const depth = section.heading?.depth ?? 0;
  const next = sections.findIndex(({ heading }, index) => index > first && (heading?.depth ?? 0) <= depth);
  return sections.slice(first, next < 0 ? undefined : next);
}

/** The section that a line belongs to. */
export function sectionAt(sections: readonly Section[], line: number): Section | undefined {
  let low = 0;
  let high = sections.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sections[middle]!.endLine <= line) low = middle + 1;
    else high = middle;
  }
  return sections[low];
}
