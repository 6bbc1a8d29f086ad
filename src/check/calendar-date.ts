const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)/;

/** The calendar date that a text begins with, as ISO 8601, which sorts as text; null where it begins with none. */
export function leadingDate(text: string | undefined): string | null {
  return DATE.exec(text ?? '')?.[0] ?? null;
}
