/** What is wrong with front matter: dotted path of the value, or of the mapping that lacks it, and the reason in words. */
export interface FrontMatterError {
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
}

/** A kind of the team's own, with its schema compiled. */
export interface CustomKindRules {
  errors(frontMatter: unknown): readonly FrontMatterError[];
}

/** What a team may ask of its documents beyond the format; the configuration gives it. */
export interface RuleSettings {
  /** Headings that every document of a kind must have, by kind. */
  readonly requiredSections: { readonly [kind: string]: readonly string[] };
  /** Kinds of the team's own, by name. */
  readonly customKinds: { readonly [kind: string]: CustomKindRules };
}

/** What the format itself asks for: no kind has headings that all its documents need. */
export const DEFAULT_SETTINGS: RuleSettings = { requiredSections: {}, customKinds: {} };
