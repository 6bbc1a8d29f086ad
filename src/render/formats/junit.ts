import type { Diagnostic } from '../../base/diagnostic.js';
import { PLAIN, prettyOne } from '../diagnostics.js';
import { encodeTerminal, showUnprintable } from '../encode.js';
import type { Findings } from './findings.js';

/**
 * JUnit XML: a suite for each document, a case for each finding. Errors are failures; warnings and notes are cases that
 * pass, so that a build is red here when it is red there. Names are unique in a suite, as GitLab keeps one case of each.
 */
export function junit(findings: Findings): string {
  const byFile = new Map<string, Diagnostic[]>(findings.documents.map((path) => [path, []]));
  for (const one of findings.diagnostics) byFile.set(one.file, [...(byFile.get(one.file) ?? []), one]);
  const suites = [...byFile].map(([path, own]) => suite(findings.placeOf(path), own, findings));
  const failures = findings.diagnostics.filter(isFailure).length;
  const tests = [...byFile.values()].reduce((sum, own) => sum + Math.max(1, own.length), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="probatum" tests="${tests}" failures="${failures}" errors="0">`,
    ...suites,
    '</testsuites>\n',
  ].join('\n');
}

function isFailure({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function suite(path: string, own: readonly Diagnostic[], { lineOf }: Findings): string {
  const names = new Map<string, number>();
  const cases = own.map((one) => {
    const name = encodeTerminal(`${one.ruleId}: ${one.message}`);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    const text = escapeText(showUnprintable(prettyOne(one, lineOf, PLAIN)));
    const body = isFailure(one)
      ? `<failure type="${escapeAttribute(one.ruleId)}" message="${escapeAttribute(encodeTerminal(one.message))}">${text}</failure>`
      : `<system-out>${text}</system-out>`;
    return testCase(path, count === 1 ? name : `${name} (${count})`, body);
  });
  const failures = own.filter(isFailure).length;
  return [
    `  <testsuite name="${escapeAttribute(path)}" tests="${Math.max(1, own.length)}" failures="${failures}" errors="0">`,
    ...(cases.length === 0 ? [testCase(path, 'no findings', '')] : cases),
    '  </testsuite>',
  ].join('\n');
}

function testCase(path: string, name: string, body: string): string {
  const place = escapeAttribute(path);
  return `    <testcase name="${escapeAttribute(name)}" classname="${place}" file="${place}">${body}</testcase>`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escapeText(value: string): string {
  return value.replace(/[&<>]/g, (character) => REFERENCES[character]!).replaceAll('\r', '&#13;');
}

/** Line ends and tabs would become spaces in an attribute; what XML cannot hold is shown as an escape. */
function escapeAttribute(value: string): string {
  return showUnprintable(value).replace(
    /[&<>"\t\n\r]/g,
    (character) => REFERENCES[character] ?? `&#${character.charCodeAt(0)};`,
  );
}
