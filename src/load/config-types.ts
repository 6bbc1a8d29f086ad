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

/** A way to take backups. */
export type BackupConfig = (
  | { readonly provider: 'custom' }
  | { readonly provider: 'directory'; readonly jobs?: string }
  | { readonly provider: 'command'; readonly command: readonly string[] }
) & {
  /** How long a program may take to write it, and to read it: `90min`. */
  readonly timeout?: string;
};

/** Who signs documents of one kind, or the seals of runs. */
export interface RequiredSigners {
  readonly role: string;
  /** How many different principals with different keys; 1 unless said. */
  readonly signers?: string;
}

/** Who may sign, and what counts only when it is signed. */
export interface SignatureConfig {
  /** Path of the `allowed_signers` file, relative to the root. */
  readonly allowed_signers: string;
  readonly roles?: { readonly [role: string]: readonly string[] };
  readonly required?: {
    readonly review?: RequiredSigners;
    readonly authorization?: RequiredSigners;
    /** Who signs the seals of runs. */
    readonly run?: RequiredSigners;
  };
}

/** A target as `probatum.config.yaml` names it. */
export type TargetConfig =
  | {
      readonly engine: 'postgres';
      readonly connection: ConnectionConfig;
      readonly tools?: { readonly prefix?: readonly string[]; readonly directory?: string };
      /** How backups are taken; `pg_dump`'s custom format unless said. */
      readonly backup?: BackupConfig;
      /** Server that `--prove-backup` restores into; one is started unless said. */
      readonly scratch?: ConnectionConfig;
      /** Program whose standard input and output are the server's socket. */
      readonly transport?: readonly string[];
      /** How long a statement may go without an answer: `30min`. */
      readonly query_timeout?: string;
    }
  | { readonly engine: 'pglite'; readonly directory: string };
