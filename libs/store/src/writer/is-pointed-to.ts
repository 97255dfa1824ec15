import type { PoolClient } from 'pg';

/** Whether readers are pointed to this generation, as of the transaction of `client`. */
export async function isPointedTo(client: PoolClient, generation: string): Promise<boolean> {
  const { rows } = await client.query<{ pointed: boolean }>(
    'SELECT EXISTS (SELECT FROM ops.pointer WHERE generation = $1) AS pointed',
    [generation],
  );
  return rows[0]?.pointed === true;
}
