import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Room for generations beside the one that readers use: those that stop at a vector (`until`, `as_of`), those that a
 * verification fills and drops, when readers were first pointed to each, and where a rollback leads.
 */
export class SeveralGenerations1764000000002 implements MigrationInterface {
  readonly name = 'SeveralGenerations1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ops.generations
        DROP CONSTRAINT generations_state_check,
        ADD CONSTRAINT generations_state_check CHECK (state IN ('FOLLOWED', 'FROZEN', 'SCRATCH', 'DROPPED')),
        ADD COLUMN until jsonb,
        ADD COLUMN as_of timestamptz(3),
        ADD COLUMN pointed_at timestamptz(3),
        ADD COLUMN verified_at timestamptz(3)`);
    await runner.query(`
      ALTER TABLE ops.pointer
        ADD COLUMN previous text REFERENCES ops.generations (name),
        ADD COLUMN moved_at timestamptz(3)`);
    await runner.query(`
      UPDATE ops.generations SET pointed_at = created_at WHERE name IN (SELECT generation FROM ops.pointer)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ops.pointer DROP COLUMN previous, DROP COLUMN moved_at');
    await runner.query(`
      ALTER TABLE ops.generations
        DROP COLUMN until,
        DROP COLUMN as_of,
        DROP COLUMN pointed_at,
        DROP COLUMN verified_at,
        DROP CONSTRAINT generations_state_check,
        ADD CONSTRAINT generations_state_check CHECK (state IN ('FOLLOWED', 'DROPPED')) NOT VALID`);
  }
}
