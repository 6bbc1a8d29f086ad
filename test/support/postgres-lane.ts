import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ChangeParts } from './change.js';
import { type PostgresChange, postgresChange } from './postgres-change.js';
import { type PostgresServer, type ServerSettings, startPostgresServer } from './postgres-server.js';

/** One server for a test file, and a change in a database of its own for each test. */
export interface PostgresLane {
  readonly server: PostgresServer;
  make(parts?: ChangeParts, prepare?: string): Promise<PostgresChange>;
  /** What else is done when the test is over. */
  atEnd(remove: () => void): void;
}

/** Call inside `describe`; server and changes go away with it. */
export function postgresLane(settings: ServerSettings = {}): PostgresLane {
  let server: PostgresServer | undefined;
  const over: (() => void)[] = [];
  beforeAll(async () => {
    server = await startPostgresServer(settings);
  });
  afterEach(() => {
    for (const remove of over.splice(0)) remove();
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
      over.push(change.remove);
      return change;
    },
    atEnd: (remove) => void over.push(remove),
  };
}
