/** What a team may ask of its documents beyond the format; the configuration gives it. */
export interface RuleSettings {
  /** Headings that every document of a kind must have, by kind. */
  readonly requiredSections: { readonly [kind: string]: readonly string[] };
}

/** What the format itself asks for: no kind has headings that all its documents need. */
export const DEFAULT_SETTINGS: RuleSettings = { requiredSections: {} };
