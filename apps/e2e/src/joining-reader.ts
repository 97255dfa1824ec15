import type { Store } from '@logbook/store';

interface Joined {
  readonly agents: number;
  readonly last_number: number;
  readonly orphans: number;
  readonly unequal: number;
}

/**
 * Reads the pointer, then joins agents and versions of the generation it names in one prepared statement, over and over.
 * Whatever shows rows of two generations, or a generation that is not whole, is kept as a mixture.
 */
export class JoiningReader {
  readonly mixtures: string[] = [];
  readonly generations = new Set<string>();
  looks = 0;
  private agents = 0;
  private stopping = false;
  private readonly finished: Promise<void>;

  constructor(private readonly store: Store) {
    this.finished = this.read();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
  }

  private async read(): Promise<void> {
    while (!this.stopping) {
      const { rows } = await this.store.pool.query<{ generation: string }>({
        name: 'pointer',
        text: 'SELECT generation FROM ops.pointer',
      });
      const generation = rows[0]?.generation ?? '';
      await this.join(generation).catch((error: unknown) => this.mixtures.push(`${generation}: ${String(error)}`));
      this.generations.add(generation);
      this.looks += 1;
    }
  }

  private async join(generation: string): Promise<void> {
    const { rows } = await this.store.pool.query<Joined>({
      name: `join ${generation}`,
      text: `SELECT count(DISTINCT a.agent_id)::int AS agents, coalesce(max(a.agent_number), 0) AS last_number,
                    count(*) FILTER (WHERE v.agent_id IS NOT NULL AND a.agent_id IS NULL)::int AS orphans,
                    count(*) FILTER (WHERE v.agent_name <> a.agent_name)::int AS unequal
               FROM ${generation}.agents a FULL JOIN ${generation}.agent_versions v USING (agent_id)`,
    });
    const seen = rows[0] as Joined;
    const problems = [
      ...(seen.agents === seen.last_number ? [] : [`${seen.agents} agents, the last is number ${seen.last_number}`]),
      ...(seen.orphans + seen.unequal === 0 ? [] : [`${seen.orphans} orphans, ${seen.unequal} of another name`]),
      ...(seen.agents >= this.agents ? [] : [`${seen.agents} agents after ${this.agents}`]),
    ];
    this.agents = seen.agents;
    if (problems.length > 0) this.mixtures.push(`${generation}: ${problems.join('; ')}`);
  }
}
