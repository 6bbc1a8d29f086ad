import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ChangeParts } from './change.js';
import { type PostgresChange, postgresChange } from './postgres-change.js';
import { type PostgresServer, startPostgresServer } from './postgres-server.js';

/** One server for a test file, and a change in a database of its own for each test. */
export interface PostgresLane {
  readonly server: PostgresServer;
  make(parts?: ChangeParts, prepare?: string): Promise<PostgresChange>;
}

/** Call inside `describe`; server and changes go away with it. */
export function postgresLane(): PostgresLane {
  let server: PostgresServer | undefined;
  const changes: PostgresChange[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterEach(() => {
    for (const change of changes.splice(0)) change.remove();
  });
  afterAll(() => server?.stop());
  const running = () => {
    if (server === undefined) throw new Error('the server is not started');
    return server;
  };
  return {
    get server() {
      return running();
    },
    async make(parts, prepare) {
      const change = await postgresChange(running(), parts, prepare);
      changes.push(change);
      return change;
    },
  };
}
