const PLAIN = /^[\p{L}\p{N}/(§][^\r\n\t]*$/u;

/** One line of text as a value of a YAML block mapping that reads back as the same text: plain, else in single quotes. */
export function yamlScalar(value: string): string {
  if (PLAIN.test(value) && !/: | #|[:\s]$/.test(value)) return value;
  return `'${value.replaceAll("'", "''")}'`;
}
