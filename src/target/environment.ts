/** Environment variables, passed in so that nothing below reads the process's own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The operator's own folder, from the given environment only; null where it names none. */
export function homeFolder(env: Environment): string | null {
  return env.HOME || env.USERPROFILE || null;
}

/** The environment without any PG* variable, so that libpq sees only what this tool resolved. */
export function withoutPostgresVariables(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !name.toUpperCase().startsWith('PG')) kept[name] = value;
  return kept;
}
