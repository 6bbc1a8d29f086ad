import type { TargetConfig } from '../load/config-types.js';
import { badConfiguration, type Places, placeOf, pointer } from '../load/config-yaml.js';
import { queryTimeout } from '../target/time-limits.js';

/**
 * Refuses a target whose connection would be given up before the server's own limit ends a statement: that leaves a
 * question open which the server would have answered.
 * @param limits of the package that is to be run
 * @throws UsageError bad-configuration, at the line of the configuration
 */
export function refuseShortQueryTimeout(
  config: { readonly targets: { readonly [name: string]: TargetConfig }; readonly places: Places },
  name: string,
  { statementTimeoutMs }: { readonly statementTimeoutMs: number },
): void {
  const target = Object.hasOwn(config.targets, name) ? config.targets[name] : undefined;
  if (target?.engine !== 'postgres') return;
  const timeout = queryTimeout(name, target.query_timeout);
  if (timeout > statementTimeoutMs) return;
  const place = placeOf(config.places, pointer('targets', name, 'query_timeout'));
  const said = target.query_timeout ?? `${timeout}ms, as nothing is said,`;
  throw badConfiguration(
    [
      `${place} targets.${name}.query_timeout: ${said} is not longer than the package's statement_timeout of ${statementTimeoutMs}ms`,
    ],
    'Make it longer: the server should end a statement before the connection is given up.',
  );
}
