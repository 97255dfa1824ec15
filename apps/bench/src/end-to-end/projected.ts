import pg from 'pg';
import { CheckpointProgress } from '../projector/checkpoint-progress.js';
import type { SystemUnderTest } from '../servers/system-under-test.js';

export const EVENTS_TABLE = 'gen_1.events';
/** The embedded server tells nobody of its commits: it is asked, and its thread is what is measured. */
const EMBEDDED_LOOK_MS = 250;

/** How many events are visible as rows, told as the system goes on. */
export interface Projected {
  readonly events: number;
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** To be called before the first event. */
export async function openProjected({ driverSet, databaseUrl }: SystemUnderTest): Promise<Projected> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const follower = driverSet === 'kafka' ? await CheckpointProgress.open(databaseUrl) : new Looks(client);
  return {
    get events() {
      return follower.committed;
    },
    query: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
    close: async () => {
      await follower.close();
      await client.end();
    },
  };
}

class Looks {
  committed = 0;
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;

  constructor(private readonly client: pg.Client) {
    this.timer = setInterval(() => void (this.looking ??= this.look()), EMBEDDED_LOOK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    const text = `SELECT coalesce(sum(next_offset), 0)::text AS events FROM gen_1.checkpoints WHERE topic = 'events'`;
    const { rows } = await this.client.query<{ events: string }>(text);
    this.committed = Number(rows[0]?.events ?? 0);
    this.looking = undefined;
  }
}
