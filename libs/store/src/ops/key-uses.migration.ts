import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each API key was used last: for operators who tidy up, and no part of what a log says. */
export class KeyUses1764000000003 implements MigrationInterface {
  readonly name = 'KeyUses1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ops.key_uses (
        log_id uuid NOT NULL,
        api_key_id text NOT NULL,
        last_used_at timestamptz(3) NOT NULL,
        PRIMARY KEY (log_id, api_key_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ops.key_uses');
  }
}
