/** How to reach a PostgreSQL server. One of the three forms; never a password. */
export type ConnectionConfig =
  | { readonly env: string }
  | { readonly service: string }
  | {
      readonly host: string;
      readonly port?: string;
      readonly database: string;
      readonly user: string;
      readonly passfile?: string;
      readonly sslmode?: string;
      readonly sslrootcert?: string;
    };

/** A target as `probatum.config.yaml` names it. */
export type TargetConfig =
  | {
      readonly engine: 'postgres';
      readonly connection: ConnectionConfig;
      readonly limits?: {
        /** Duration with its unit, such as `90s`. */
        readonly query_timeout?: string;
      };
      readonly tools?: { readonly prefix?: readonly string[]; readonly directory?: string };
    }
  | { readonly engine: 'pglite'; readonly directory: string };
